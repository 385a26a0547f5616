class Mamba2(Module):
  # The stages of a Mamba-2 layer (Dao and Gu 2024), as docs/model.md derives them.
  #
  # b batch, l tokens, d width of the residual stream, e = h * p channels, h heads, p channels of a head,
  # g groups of heads that share B and C, n columns of the state, c = e + 2 * g * n channels of the convolution.
  #
  # A linear map is a list of tensors, see `linear` in linear.py. Powers are taken of 2 instead of e: that function is twice as fast in
  # PyTorch and has no slow path for minus infinity; A comes multiplied by log2(e).
  # A tensor that autograd does not record is overwritten where nobody else reads it; see `times`.

  def times(self, x: Tensor, y: Tensor) -> Tensor:
    """x * y, written over x unless a backward pass needs x."""
    if x.requires_grad or y.requires_grad:
      return x * y
    return torch.mul_(x, y)

  def rms(self, x: Tensor, epsilon: float) -> Tensor:
    """x / sqrt(mean(x^2) + epsilon) over the last axis."""
    norm = torch.linalg_vector_norm(x, 2, [-1], True)
    return x * torch.rsqrt(norm * norm / x.size(-1) + epsilon)

  def normed(self, residual: Tensor, norm: Tensor, epsilon: float) -> Tensor:
    """What in_proj sees."""
    return self.times(self.rms(residual, epsilon), norm)

  def project(self, residual: Tensor, norm: Tensor, in_proj: List[Tensor], bias: Optional[Tensor], epsilon: float) -> Tensor:
    """residual [b, l, d] -> z | x B C | dt [b, l, e + c + h]."""
    return self.linear(self.normed(residual, norm, epsilon), in_proj, bias)

  def convolve(self, columns: Tensor, conv: Tensor, bias: Optional[Tensor]) -> Tensor:
    """silu(bias + sum over k of conv[k] * columns[t + k]): depthwise, the last tap is the current token.

    columns [b, taps - 1 + l, c], conv [c, 1, taps] -> [b, l, c]. As an image of one column the tokens stay in their order.
    """
    image = columns[:, :, None].permute(0, 3, 1, 2)
    total = torch.conv2d(image, conv[:, :, :, None], bias, [1, 1], [0, 0], [1, 1], conv.size(0))
    return torch.silu(total.permute(0, 2, 3, 1)[:, :, 0])

  def columns(self, inputs: Tensor, window: Optional[Tensor], taps: int) -> Tensor:
    """The inputs of the convolution behind those before the first token: window [b, c, taps - 1], or zeros."""
    if window is None:
      before = torch.zeros([inputs.size(0), taps - 1, inputs.size(2)], dtype=inputs.dtype, device=inputs.device)
    else:
      before = window.transpose(1, 2)
    return torch.cat([before, inputs], 1)

  def next_window(self, columns: Tensor, kept: int, lengths: Optional[Tensor]) -> Tensor:
    """The last columns of each row, up to its own last token: [b, c, kept]. lengths [b] or None."""
    if lengths is None:
      last = columns[:, columns.size(1) - kept:]
    else:
      at = lengths[:, None] + torch.arange(kept, device=columns.device)
      last = torch.gather(columns, 1, at[:, :, None].expand(-1, -1, columns.size(2)))
    return last.transpose(1, 2).contiguous()

  def delta(self, dt: Tensor, bias: Tensor, lower: float, upper: float, lengths: Optional[Tensor]) -> Tensor:
    """Step sizes clamp(softplus(dt + bias)) [b, l, h]; 0 behind the end of a row, which freezes the state."""
    step = torch.softplus(dt + bias)
    if lower > 0. or upper < inf:
      step = torch.clamp(step, lower, upper)
    if lengths is not None:
      real = torch.arange(dt.size(1), device=dt.device) < lengths[:, None]
      step = step * real[:, :, None].to(step.dtype)
    return step

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

  def decay_rate(self, A_log: Tensor) -> Tensor:
    """A log2(e) with A = -exp(A_log)."""
    return torch.exp(A_log) * -1.4426950408889634

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
      y = torch.matmul(M, x_i.transpose(1, 2)).transpose(1, 2)  # [b, q, h, p]
      if D.size(0) != h:
        y = torch.addcmul(y, x_i, D.view(h, p))

      # what the carried state adds to y
      if carried is not None:
        across = torch.matmul(C_i, carried.view(b, groups, rows, n).transpose(2, 3))  # [b, g, q, rows]
        across = across.transpose(1, 2).reshape(b, q, h, p)
        y = torch.add_(self.times(across, torch.exp2(s)[:, :, :, None]), y)
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
    """rms(y silu(z)) over each group of channels, times the weight: what out_proj sees."""
    gated = self.times(torch.silu(z), y)
    if groups == 1:
      return self.times(self.rms(gated, epsilon), norm)
    b, l, e = gated.size(0), gated.size(1), gated.size(2)
    return self.times(self.rms(gated.view(b, l, groups, e // groups), epsilon).view(b, l, e), norm)

  def back(self, y: Tensor, z: Tensor, norm: Tensor, out_proj: List[Tensor], bias: Optional[Tensor], groups: int, epsilon: float) -> Tuple[Tensor, Tensor]:
    """y [b, l, h, p], z [b, l, e] -> the input of out_proj, and what the layer adds to the residual stream."""
    gated = self.gate(y.reshape(z.size()), z, norm, groups, epsilon)
    return gated, self.linear(gated, out_proj, bias)

  def layer(self, residual: Tensor, window: Optional[Tensor], state: Optional[Tensor], lengths: Optional[Tensor], norm: Tensor, in_proj: List[Tensor], in_bias: Optional[Tensor], conv: Tensor, conv_bias: Optional[Tensor], dt_bias: Tensor, A_log: Tensor, D: Tensor, gated_norm: Tensor, out_proj: List[Tensor], out_bias: Optional[Tensor], groups: int, chunk: int, lower: float, upper: float, epsilon: float) -> Tuple[Tensor, Tensor, Tensor]:
    """All stages: residual after the layer, window and state to carry on."""
    projected = self.project(residual, norm, in_proj, in_bias, epsilon)
    z, x, B, C, delta, carried = self.front(projected, window, lengths, conv, conv_bias, dt_bias, A_log.size(0), groups, lower, upper)
    y, end = self.scan(x, B, C, delta, A_log, D, state, chunk)
    gated, out = self.back(y, z, gated_norm, out_proj, out_bias, groups, epsilon)
    return torch.add_(out, residual), carried, end
