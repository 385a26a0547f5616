class Mamba1(Module):
  # The stages of a Mamba-1 layer (Gu and Dao 2023), as docs/model.md derives them. FalconMamba differs by a norm without
  # weights on what x_proj yields.
  #
  # b batch, l tokens, d width of the residual stream, e channels, n columns of the state, r width of the factor of the step sizes.
  # One head holds all channels, one group all of B and C.
  #
  # in_proj's rows: x | z; x_proj's rows: factor of the step sizes | B | C. Methods that are not here stand in common.py.

  def convolution(self, projected: Tensor, window: Optional[Tensor], lengths: Optional[Tensor], conv: Tensor, conv_bias: Optional[Tensor]) -> Tuple[Tensor, Tensor, Tensor]:
    """projected [b, l, 2 e] -> z, x [b, l, e], the next window."""
    taps = conv.size(2)
    x, z = torch.chunk(projected, 2, 2)
    columns = self.columns(x, window, taps)
    return z, self.convolve(columns, conv, conv_bias), self.next_window(columns, taps - 1, lengths)

  def selection(self, selected: Tensor, r: int, rms_epsilon: Optional[float]) -> Tuple[Tensor, Tensor, Tensor]:
    """selected [b, l, r + 2 n] -> the factor of the step sizes [b, l, r], B and C [b, l, 1, n]."""
    n = (selected.size(2) - r) // 2
    factor, B, C = torch.split_with_sizes(selected, [r, n, n], 2)
    if rms_epsilon is not None:
      factor, B, C = self.rms(factor, rms_epsilon), self.rms(B, rms_epsilon), self.rms(C, rms_epsilon)
    return factor, B[:, :, None], C[:, :, None]

  def delta(self, dt: Tensor, bias: Tensor, lengths: Optional[Tensor]) -> Tensor:
    """Step sizes softplus(dt + bias) [b, l, e]; 0 behind the end of a row."""
    return self.frozen(torch.softplus(dt + bias), lengths)

  def front(self, projected: Tensor, window: Optional[Tensor], lengths: Optional[Tensor], conv: Tensor, conv_bias: Optional[Tensor], x_proj: List[Tensor], dt_proj: List[Tensor], dt_bias: Tensor, r: int, rms_epsilon: Optional[float]) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """projected [b, l, 2 e] -> z [b, l, e], x [b, l, 1, e], B and C [b, l, 1, n], delta [b, l, e], the next window."""
    z, x, carried = self.convolution(projected, window, lengths, conv, conv_bias)
    factor, B, C = self.selection(self.linear(x, x_proj, None), r, rms_epsilon)
    return z, x[:, :, None], B, C, self.delta(self.linear(factor, dt_proj, None), dt_bias, lengths), carried

  def scan(self, x: Tensor, B: Tensor, C: Tensor, delta: Tensor, A_log: Tensor, D: Tensor, state: Optional[Tensor], chunk: int) -> Tuple[Tensor, Tensor]:
    """h[t] = 2^(delta A) h[t-1] + delta x B^T;  y[t] = h[t] C + D x, token by token.

    Decays and inputs of a chunk of tokens are computed at once, in few enough numbers to stay in the cache. There the
    states overwrite the inputs unless a backward pass needs them. Channels lie innermost: h is [b, n, e] here.
    Arguments as `front` returns them; state [b, 1, e, n] or None.
    Returns y [b, l, 1, e] and the state after the last token.
    """
    b, l, e, n = x.size(0), x.size(1), x.size(3), B.size(3)
    A = self.decay_rate(A_log).t().contiguous()
    x = x[:, :, 0]
    y, u = x * D, x * delta
    recorded = y.requires_grad or u.requires_grad or A.requires_grad or B.requires_grad or C.requires_grad
    carried = torch.zeros([b, n, e], dtype=x.dtype, device=x.device)
    if state is not None:
      carried = state[:, 0].transpose(1, 2).contiguous()
      recorded = recorded or carried.requires_grad
    q = max(1, min(chunk, 393216 // (b * n * e)))
    ys, us, deltas = torch.split(y, q, 1), torch.split(u[:, :, None], q, 1), torch.split(delta[:, :, None], q, 1)
    Bs, Cs = torch.split(B.transpose(2, 3), q, 1), torch.split(C, q, 1)
    parts = annotate(List[Tensor], [])
    for i in range(len(us)):
      decays = torch.exp2_(deltas[i] * A)  # [b, q, n, e]
      states = us[i] * Bs[i]
      decay, h = torch.unbind(decays, 1), torch.unbind(states, 1)
      if recorded:
        rows = torch.unbind(Cs[i], 1)
        for t in range(len(h)):
          carried = torch.addcmul(h[t], decay[t], carried)
          parts.append(torch.bmm(rows[t], carried))
      else:
        for t in range(len(h)):
          carried = torch.addcmul_(h[t], decay[t], carried)
        torch.add_(ys[i], torch.matmul(Cs[i], states)[:, :, 0])
    if recorded:
      y = torch.cat(parts, 1) + y
    return y[:, :, None], carried.transpose(1, 2).contiguous()[:, None]

  def step(self, x: Tensor, B: Tensor, C: Tensor, delta: Tensor, A_log: Tensor, D: Tensor, state: Tensor) -> Tuple[Tensor, Tensor]:
    """The recurrence of `scan` for one token: l = 1."""
    b, e, n = x.size(0), x.size(3), B.size(3)
    decay = torch.exp2_(delta.view(b, e, 1) * self.decay_rate(A_log))  # [b, e, n]
    after = torch.baddbmm_(self.times(decay, state[:, 0]), (x[:, :, 0] * delta).view(b, e, 1), B[:, 0])
    y = torch.bmm(after, C.reshape(b, n, 1)).view(b, 1, 1, e)
    return torch.addcmul(y, x, D), after[:, None]

  def gate(self, y: Tensor, z: Tensor) -> Tensor:
    """y [b, l, 1, e], z [b, l, e] -> y silu(z): what out_proj sees."""
    return self.times(torch.silu(z), y[:, :, 0])

  def back(self, y: Tensor, z: Tensor, out_proj: List[Tensor], bias: Optional[Tensor]) -> Tuple[Tensor, Tensor]:
    """y [b, l, 1, e], z [b, l, e] -> the input of out_proj, and what the layer adds to the residual stream."""
    gated = self.gate(y, z)
    return gated, self.linear(gated, out_proj, bias)

  def layer(self, residual: Tensor, window: Optional[Tensor], state: Optional[Tensor], lengths: Optional[Tensor], norm: Tensor, in_proj: List[Tensor], in_bias: Optional[Tensor], conv: Tensor, conv_bias: Optional[Tensor], x_proj: List[Tensor], dt_proj: List[Tensor], dt_bias: Tensor, A_log: Tensor, D: Tensor, out_proj: List[Tensor], out_bias: Optional[Tensor], r: int, chunk: int, epsilon: float, rms_epsilon: Optional[float]) -> Tuple[Tensor, Tensor, Tensor]:
    """All stages: residual after the layer, window and state to carry on."""
    projected = self.project(residual, norm, in_proj, in_bias, epsilon)
    z, x, B, C, delta, carried = self.front(projected, window, lengths, conv, conv_bias, x_proj, dt_proj, dt_bias, r, rms_epsilon)
    y, end = self.scan(x, B, C, delta, A_log, D, state, chunk)
    gated, out = self.back(y, z, out_proj, out_bias)
    return torch.add_(out, residual), carried, end

  def fold(self, conv: Tensor, conv_bias: Optional[Tensor], A_log: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    """Three of the vectors of `decode` from the stored parameters."""
    taps, bias = self.fold_convolution(conv, conv_bias)
    return taps, bias, self.decay_rate(A_log.detach())

  def decode(self, ids: Tensor, embedding: Tensor, in_proj: List[Tensor], out_proj: List[Tensor], x_proj: List[Tensor], dt_proj: List[Tensor], vectors: List[Tensor], changes: List[Tensor], windows: List[Tensor], states: List[Tensor], final_norm: Tensor, head: List[Tensor], rms_epsilon: Optional[float], epsilon: float) -> Tensor:
    """One token for each row through all layers: ids [b] -> logits [b, rows of the head].

    vectors holds for each layer: norm [d], conv [taps, e], its bias [e], A log2(e) [e, n], dt_proj's bias [e], D [e], and the
    biases of in_proj and out_proj, empty where there are none. Each list of maps holds equally many tensors for each layer.
    changes: see `changed`. windows [b, taps, e], whose last column is free, and states [b, 1, e, n] are changed in place.
    """
    count = len(states)
    residual = torch.embedding(embedding, ids)
    b = residual.size(0)
    for i in range(count):
      norm, conv, conv_bias, A, dt_bias, D, in_bias, out_bias = vectors[i * 8:i * 8 + 8]
      state = states[i]
      change = self.of_layer(changes, i, count)
      normed = self.normed(residual, norm, epsilon)
      projected = self.changed(self.linear(normed, self.of_layer(in_proj, i, count), self.or_none(in_bias)), normed, change, 0)
      x, z = torch.chunk(projected, 2, 1)
      x = self.convolve_one(windows[i], x, conv, conv_bias)
      selected = self.changed(self.linear(x, self.of_layer(x_proj, i, count), None), x, change, 2)
      factor, B, C = self.selection(selected[:, None], selected.size(1) - 2 * state.size(3), rms_epsilon)
      factor = factor[:, 0]
      step = self.changed(self.linear(factor, self.of_layer(dt_proj, i, count), None), factor, change, 3)
      delta = self.delta(step, dt_bias, None)
      kept = torch.exp2_(delta[:, None, :, None] * A)
      y = self.advance(state, kept, (x * delta)[:, None], B, C, 1)
      y = self.read_out(y, C[:, 0, 0], change)[:, 0]
      gated = self.times(torch.silu(z), torch.addcmul(y, x, D))
      out = self.changed(self.linear(gated, self.of_layer(out_proj, i, count), self.or_none(out_bias)), gated, change, 1)
      residual = torch.add_(out, residual)
    return self.linear(self.normed(residual, final_norm, epsilon), head, None)
