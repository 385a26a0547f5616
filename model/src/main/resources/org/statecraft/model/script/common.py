  # Methods of both architectures, pasted behind the class of mamba1.py and mamba2.py.
  #
  # A linear map is a list of tensors, see linear.py. Powers are taken of 2 instead of e: that function is twice as fast in
  # PyTorch and has no slow path for minus infinity; A comes multiplied by log2(e), see `decay_rate`.
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
    """residual [b, l, d] -> what in_proj makes of it, [b, l, rows of in_proj]."""
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

  def frozen(self, delta: Tensor, lengths: Optional[Tensor]) -> Tensor:
    """Step sizes [b, l, any], with 0 behind the end of a row: there the state stays as it is."""
    if lengths is None:
      return delta
    real = torch.arange(delta.size(1), device=delta.device) < lengths[:, None]
    return delta * real[:, :, None].to(delta.dtype)

  def decay_rate(self, A_log: Tensor) -> Tensor:
    """A log2(e) with A = -exp(A_log)."""
    return torch.exp(A_log) * -1.4426950408889634

  def convolve_one(self, window: Tensor, inputs: Tensor, conv: Tensor, bias: Tensor) -> Tensor:
    """`convolve` for one token: inputs [b, c]; window [b, taps, c], whose last column is free, moves on; conv [taps, c]."""
    taps = conv.size(0)
    torch.copy_(window[:, taps - 1], inputs)
    activated = torch.silu_(torch.add_(torch.sum(window * conv, [1]), bias))
    torch.copy_(window[:, 0:taps - 1], window[:, 1:].clone())
    return activated

  def advance(self, state: Tensor, kept: Tensor, added: Tensor, B: Tensor, C: Tensor, groups: int) -> Tensor:
    """The recurrence for one token, in place: state [b, h, p, n] = kept state + added B^T; returns state C [b, h, p].

    kept [b, ...] fits the state, added [b, h, p], B and C [b, g n]. Row by row and group by group: the state of one row stays in the cache between the three passes over it.
    """
    b, h, p, n = state.size(0), state.size(1), state.size(2), state.size(3)
    rows = h // groups * p
    inputs, Bs, Cs = added.view(b, groups, rows, 1), B.reshape(b, groups, 1, n), C.reshape(b, groups, n)
    y = torch.empty([b, groups, rows], dtype=state.dtype, device=state.device)
    for i in range(b):
      torch.mul_(state[i], kept[i])
      by_group = state[i].view(groups, rows, n)
      for g in range(groups):
        torch.addcmul_(by_group[g], inputs[i, g], Bs[i, g])
        torch.mv(by_group[g], Cs[i, g], out=y[i, g])
    return y.view(b, h, p)

  def fold_convolution(self, conv: Tensor, bias: Optional[Tensor]) -> Tuple[Tensor, Tensor]:
    """What `convolve_one` wants of the stored parameters [c, 1, taps] and [c]."""
    if bias is None:
      there = torch.zeros([conv.size(0)], dtype=conv.dtype, device=conv.device)
    else:
      there = bias.detach()
    return conv.detach()[:, 0].t().contiguous(), there

  def window_of(self, window: Tensor) -> Tensor:
    """[b, c, taps - 1] -> [b, taps, c], the last column free."""
    return torch.constant_pad_nd(window.transpose(1, 2), [0, 0, 0, 1]).contiguous()

  def state_of(self, state: Tensor) -> Tensor:
    """A copy, row-major, which `decode` may change."""
    return torch.clone(state, memory_format=0)

  def window_from(self, window: Tensor) -> Tensor:
    """The reverse of `window_of`."""
    return window[:, 0:window.size(1) - 1].transpose(1, 2).contiguous()

  def of_layer(self, maps: List[Tensor], i: int, layers: int) -> List[Tensor]:
    """The tensors of one layer's linear map, of a list that holds those of all layers."""
    each = len(maps) // layers
    return maps[i * each:(i + 1) * each]

  # What adapters change in `decode` and the weights cannot hold is a list of tensors for each layer, or an empty list for no
  # layer. First the factors A [b, r, in] and B [b, rows, r] of each linear map: in_proj, out_proj (Mamba-1: x_proj, dt_proj).
  # Then the read-out: scale [b, h, 1 or p], w [b, 1, r, n], u [b, g, e / g, r or n], constant [b, h, p]. A tensor is empty where
  # there is no such change; b is 1 where all rows have the same.

  def changed(self, y: Tensor, x: Tensor, changes: List[Tensor], map: int) -> Tensor:
    """y + x A^T B^T, over y: what a linear map makes of x [b, in], with the factors of each row."""
    if len(changes) == 0 or changes[2 * map].size(0) == 0:
      return y
    inner = torch.matmul(changes[2 * map], x[:, :, None])
    return torch.add_(y, torch.matmul(changes[2 * map + 1], inner)[:, :, 0])

  def read_out(self, y: Tensor, C: Tensor, changes: List[Tensor]) -> Tensor:
    """scale y + C H' + constant, over y [b, h, p] without the skip; C [b, g n], H' = u w or u."""
    if len(changes) == 0:
      return y
    scale, w, u, constant = changes[len(changes) - 4:]
    if scale.size(0) > 0:
      y = torch.mul_(y, scale)
    if u.size(0) > 0:
      groups = u.size(1)
      inner = C.reshape(C.size(0), groups, C.size(1) // groups, 1)
      if w.size(0) > 0:
        inner = torch.matmul(w, inner)
      y = torch.add_(y, torch.matmul(u, inner).view(y.size()))
    if constant.size(0) > 0:
      y = torch.add_(y, constant)
    return y

  def or_none(self, bias: Tensor) -> Optional[Tensor]:
    """None for an empty tensor."""
    if bias.size(0) == 0:
      return None
    return bias
