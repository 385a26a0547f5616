class Mamba2(Module):
  # The stages of a Mamba-2 layer (Dao and Gu 2024), as docs/model.md derives them.
  #
  # b batch, l tokens, d width of the residual stream, e = h * p channels, h heads, p channels of a head,
  # g groups of heads that share B and C, n columns of the state, c = e + 2 * g * n channels of the convolution.
  #
  # in_proj's rows: z | x B C | dt. Methods that are not here stand in common.py.

  def delta(self, dt: Tensor, bias: Tensor, lower: float, upper: float, lengths: Optional[Tensor]) -> Tensor:
    """Step sizes clamp(softplus(dt + bias)) [b, l, h]; 0 behind the end of a row."""
    step = torch.softplus(dt + bias)
    if lower > 0. or upper < inf:
      step = torch.clamp(step, lower, upper)
    return self.frozen(step, lengths)

  def front(self, projected: Tensor, window: Optional[Tensor], lengths: Optional[Tensor], conv: Tensor, conv_bias: Optional[Tensor], dt_bias: Tensor, h: int, groups: int, lower: float, upper: float) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """projected [b, l, e + c + h] -> z [b, l, e], x [b, l, h, p], B and C [b, l, g, n], delta [b, l, h], the next window."""
    b, l = projected.size(0), projected.size(1)
    c, taps = conv.size(0), conv.size(2)
    e = projected.size(2) - c - h
    z, xBC, dt = torch.split_with_sizes(projected, [e, c, h], 2)
    columns = self.columns(xBC, window, taps)
    gn = (c - e) // 2
    x, B, C = torch.split_with_sizes(self.convolve(columns, conv, conv_bias), [e, gn, gn], 2)
    delta = self.delta(dt, dt_bias, lower, upper, lengths)
    return z, x.view(b, l, h, e // h), B.view(b, l, groups, gn // groups), C.view(b, l, groups, gn // groups), delta, self.next_window(columns, taps - 1, lengths)

  def scan(self, x: Tensor, B: Tensor, C: Tensor, delta: Tensor, A_log: Tensor, D: Tensor, state: Optional[Tensor], chunk: int) -> Tuple[Tensor, Tensor]:
    """h[t] = 2^(delta A) h[t-1] + delta x B^T;  y[t] = h[t] C + D x, as state-space duality has it, chunk by chunk.

    Inside a chunk y is a masked product: M[i, j] = 2^(s[i] - s[j]) (C[i] . B[j]) delta[j] for j <= i with s the running sum
    of delta A, to whose diagonal D is added. From chunk to chunk goes the state.
    Arguments as `front` returns them; D [h] or [e]; state [b, h, p, n] or None.
    Returns y [b, l, h, p] and the state after the last token.
    """
    b, l, h, p = x.size(0), x.size(1), x.size(2), x.size(3)
    groups, n = B.size(2), B.size(3)
    rows = h // groups * p
    A = self.decay_rate(A_log)
    # 0 where j <= i, minus infinity above: the smaller of it and s[i] - s[j] masks the future and caps rounding at once
    cap = torch.triu(torch.full([chunk, chunk], -inf, dtype=x.dtype, device=x.device), 1)
    recorded = x.requires_grad or A.requires_grad or D.requires_grad
    if state is not None:
      recorded = recorded or state.requires_grad
    parts = annotate(List[Tensor], [])
    whole = x
    if not recorded:
      whole = torch.empty([b, l, h, p], dtype=x.dtype, device=x.device)
    carried = state
    if state is not None:
      carried = state.contiguous()
    xs, Bs = torch.split(x, chunk, 1), torch.split(B, chunk, 1)
    Cs, deltas = torch.split(C, chunk, 1), torch.split(delta, chunk, 1)
    for i in range(len(xs)):
      x_i, B_i, C_i, delta_i = xs[i], Bs[i].transpose(1, 2), Cs[i].transpose(1, 2), deltas[i]
      q = x_i.size(1)
      s = torch.cumsum(delta_i * A, 1)  # [b, q, h]
      by_head = s.transpose(1, 2).contiguous()

      # inside the chunk
      decay = torch.exp2_(torch.clamp_(by_head[:, :, :, None] - by_head[:, :, None, :], None, cap[0:q, 0:q]))
      CB = torch.matmul(C_i, B_i.transpose(2, 3))  # [b, g, q, q]
      M = self.times(decay.view(b, groups, h // groups, q, q), CB[:, :, None]).view(b, h, q, q)
      M = self.times(M, delta_i.transpose(1, 2)[:, :, None, :])
      if D.size(0) == h:
        torch.add_(torch.diagonal(M, 0, 2, 3), D[:, None])
      M, inputs = M.view(b * h, q, q), x_i.transpose(1, 2).reshape(b * h, q, p)

      # y, and what the carried state adds to it
      if carried is None:
        y = torch.bmm(M, inputs)
      else:
        by_row = C_i[:, :, None].expand(-1, -1, h // groups, -1, -1).reshape(b * h, q, n)
        across = torch.bmm(by_row, carried.view(b * h, p, n).transpose(1, 2))
        y = torch.baddbmm_(self.times(across, torch.exp2(by_head).view(b * h, q, 1)), M, inputs)
      y = y.view(b, h, q, p).transpose(1, 2)
      if D.size(0) != h:
        y = torch.addcmul(y, x_i, D.view(h, p))
      if recorded:
        parts.append(y)
      else:
        torch.copy_(whole[:, i * chunk:i * chunk + q], y)

      # what the chunk leaves of the state and adds to it
      last = s[:, q - 1:]
      left = delta_i * torch.exp2(torch.clamp_max(last - s, 0.))
      added = (x_i * left[:, :, :, None]).view(b, q, groups, rows).permute(0, 2, 3, 1).reshape(b * groups, rows, q)
      B_i = B_i.reshape(b * groups, q, n)
      if carried is None:
        carried = torch.bmm(added, B_i).view(b, h, p, n)
      else:
        kept = torch.exp2(last).view(b, h, 1, 1)
        if i == 0:
          carried = carried * kept
        else:
          carried = self.times(carried, kept)
        torch.baddbmm_(carried.view(b * groups, rows, n), added, B_i)
    assert carried is not None
    if recorded:
      whole = torch.cat(parts, 1)
    return whole, carried

  def step(self, x: Tensor, B: Tensor, C: Tensor, delta: Tensor, A_log: Tensor, D: Tensor, state: Tensor) -> Tuple[Tensor, Tensor]:
    """The recurrence of `scan` for one token: l = 1."""
    b, h, p = x.size(0), x.size(2), x.size(3)
    groups, n = B.size(2), B.size(3)
    rows = h // groups * p
    added = torch.mul(x, delta[:, :, :, None]).reshape(b * groups, rows, 1)
    kept = torch.exp2(delta * self.decay_rate(A_log)).view(b, h, 1, 1)
    after = torch.baddbmm((state * kept).view(b * groups, rows, n), added, B.reshape(b * groups, 1, n))
    y = torch.bmm(after, C.reshape(b * groups, n, 1)).view(b, 1, h, p)
    return torch.addcmul(y, x, D.view(h, D.size(0) // h)), after.view(b, h, p, n)

  def gate(self, y: Tensor, z: Tensor, norm: Tensor, groups: int, epsilon: float) -> Tensor:
    """y [b, l, h, p], z [b, l, e] -> rms(y silu(z)) over each group of channels, times the weight: what out_proj sees."""
    gated = self.times(torch.silu(z), y.reshape(z.size()))
    if groups == 1:
      return self.times(self.rms(gated, epsilon), norm)
    b, l, e = gated.size(0), gated.size(1), gated.size(2)
    return self.times(self.rms(gated.view(b, l, groups, e // groups), epsilon).view(b, l, e), norm)

  def back(self, y: Tensor, z: Tensor, norm: Tensor, out_proj: List[Tensor], bias: Optional[Tensor], groups: int, epsilon: float) -> Tuple[Tensor, Tensor]:
    """y [b, l, h, p], z [b, l, e] -> the input of out_proj, and what the layer adds to the residual stream."""
    gated = self.gate(y, z, norm, groups, epsilon)
    return gated, self.linear(gated, out_proj, bias)

  def layer(self, residual: Tensor, window: Optional[Tensor], state: Optional[Tensor], lengths: Optional[Tensor], norm: Tensor, in_proj: List[Tensor], in_bias: Optional[Tensor], conv: Tensor, conv_bias: Optional[Tensor], dt_bias: Tensor, A_log: Tensor, D: Tensor, gated_norm: Tensor, out_proj: List[Tensor], out_bias: Optional[Tensor], groups: int, chunk: int, lower: float, upper: float, epsilon: float) -> Tuple[Tensor, Tensor, Tensor]:
    """All stages: residual after the layer, window and state to carry on."""
    projected = self.project(residual, norm, in_proj, in_bias, epsilon)
    z, x, B, C, delta, carried = self.front(projected, window, lengths, conv, conv_bias, dt_bias, A_log.size(0), groups, lower, upper)
    y, end = self.scan(x, B, C, delta, A_log, D, state, chunk)
    gated, out = self.back(y, z, gated_norm, out_proj, out_bias, groups, epsilon)
    return torch.add_(out, residual), carried, end

  def fold(self, conv: Tensor, conv_bias: Optional[Tensor], A_log: Tensor, D: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    """Four of the vectors of `decode` from the stored parameters."""
    taps, bias = self.fold_convolution(conv, conv_bias)
    return taps, bias, self.decay_rate(A_log.detach()), D.detach().view(A_log.size(0), -1)

  def decode(self, ids: Tensor, embedding: Tensor, in_proj: List[Tensor], out_proj: List[Tensor], vectors: List[Tensor], changes: List[Tensor], windows: List[Tensor], states: List[Tensor], final_norm: Tensor, head: List[Tensor], groups: int, lower: float, upper: float, epsilon: float) -> Tensor:
    """One token for each row through all layers: ids [b] -> logits [b, rows of the head].

    vectors holds for each layer: norm [d], conv [taps, c], its bias [c], A log2(e) [h], D [h, 1] or [h, p], dt_bias [h],
    gated norm [e], and the biases of in_proj and out_proj, empty where there are none. Each list of maps holds equally many
    tensors for each layer. changes: see `changed`. windows [b, taps, c], whose last column is free, and states [b, h, p, n] are changed in place.
    """
    count = len(states)
    residual = torch.embedding(embedding, ids)
    b = residual.size(0)
    for i in range(count):
      norm, conv, conv_bias, A, D, dt_bias, gated_norm, in_bias, out_bias = vectors[i * 9:i * 9 + 9]
      window, state = windows[i], states[i]
      e, c = gated_norm.size(0), conv.size(1)
      h = A.size(0)
      change = self.of_layer(changes, i, count)
      normed = self.normed(residual, norm, epsilon)
      projected = self.changed(self.linear(normed, self.of_layer(in_proj, i, count), self.or_none(in_bias)), normed, change, 0)
      z, xBC, dt = torch.split_with_sizes(projected, [e, c, h], 1)
      xBC = self.convolve_one(window, xBC, conv, conv_bias)
      x, B, C = torch.split_with_sizes(xBC, [e, (c - e) // 2, (c - e) // 2], 1)
      x = x.view(b, h, e // h)
      delta = self.delta(dt, dt_bias, lower, upper, None)
      y = self.advance(state, torch.exp2(delta * A)[:, :, None, None], x * delta[:, :, None], B, C, groups)
      y = torch.addcmul(self.read_out(y, C, change), x, D).view(b, 1, e)
      gated = self.gate(y, z[:, None], gated_norm, groups, epsilon)[:, 0]
      out = self.changed(self.linear(gated, self.of_layer(out_proj, i, count), self.or_none(out_bias)), gated, change, 1)
      residual = torch.add_(out, residual)
    return self.linear(self.normed(residual, final_norm, epsilon), head, None)
