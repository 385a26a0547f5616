class Formats(Module):
  # Storing a float32 matrix [rows, in] in another format, as `linear` in linear.py takes it, and reading it back.
  # The last `kept` rows stay float32.

  def bfloat16(self, W: Tensor, kept: int) -> List[Tensor]:
    """Rounded to the nearest bfloat16, ties to even."""
    return self.and_rows([self.first(W, kept).to(15)], W, kept)

  def int8(self, W: Tensor, kept: int) -> List[Tensor]:
    """One scale for each row: max |W[i]| / 127, rounded to bfloat16; q = round(W / scale)."""
    first = self.first(W, kept)
    scale = self.rounded(torch.amax(torch.abs(first), [1]) / 127.)
    q = torch.clamp(torch.round(first / self.divisor(scale)[:, None]), -127., 127.).to(1)
    return self.and_rows([q, scale.to(15)], W, kept)

  def int4(self, W: Tensor, kept: int) -> List[Tensor]:
    """A scale and a zero for each 32 neighbours of a row: sixteen even steps over the range of the values and 0.

    That 0 is in the range keeps the zero small against the scale, so that rounding it to bfloat16 moves no value out of reach.
    """
    first = self.first(W, kept)
    rows, n = first.size(0), first.size(1)
    values = first.reshape(rows, n // 32, 32)
    high = torch.clamp_min(torch.amax(values, [2]), 0.)
    low = torch.clamp_max(torch.amin(values, [2]), 0.)
    scale = self.rounded((high - low) / 15.)
    zero = self.rounded((high + low + scale) * 0.5)
    q = torch.round((values - zero[:, :, None]) / self.divisor(scale)[:, :, None]) + 8.
    q = torch.clamp(q, 0., 15.)
    s = torch.stack([scale, zero], 2).transpose(0, 1).contiguous()
    if not W.is_cpu:
      W4 = (q - 8.) * scale[:, :, None] + zero[:, :, None]
      return self.and_rows([W4.view(rows, n).to(15)], W, kept)
    packed = torch._convert_weight_to_int4pack_for_cpu(q.to(3).view(rows, n), 2)
    return self.and_rows([packed, s.to(15)], W, kept)

  def rounded(self, x: Tensor) -> Tensor:
    """What bfloat16 can hold of it."""
    return x.to(15).to(6)

  def divisor(self, scale: Tensor) -> Tensor:
    """The scale, or 1 where all values are 0."""
    return torch.where(scale == 0., torch.ones_like(scale), scale)

  def first(self, W: Tensor, kept: int) -> Tensor:
    return W[:W.size(0) - kept]

  def and_rows(self, stored: List[Tensor], W: Tensor, kept: int) -> List[Tensor]:
    if kept > 0:
      stored.append(W[W.size(0) - kept:].clone())
    return stored

  def value(self, w: List[Tensor]) -> Tensor:
    """The matrix that `linear` multiplies with, in float32."""
    if w[0].dtype == 15:
      W = w[0].to(6)
    elif w[0].dtype == 1:
      W = torch.mul(w[0], w[1].to(6)[:, None])
    else:
      W = self.unpacked(w[0], w[1]).t().contiguous()
    stored = 1 if w[0].dtype == 15 else 2
    return torch.cat([W, w[stored]], 0) if len(w) > stored else W

  def bytes(self, w: List[Tensor]) -> Tensor:
    total = 0
    for tensor in w:
      total += tensor.numel() * tensor.element_size()
    return torch.full([], total, dtype=4)
