# Methods that the tests of this package call.

class Probe(Module):

  # silu(x W^T) * z, spelled with the operators of the equations
  def gated(self, x: Tensor, W: Tensor, z: Tensor) -> Tensor:
    return torch.silu(x @ W.t()) * z

  # h_t = a h_(t-1) + x_t over the rows of x; every h_t and the last one
  def recurrence(self, x: Tensor, a: float, h0: Optional[Tensor]) -> Tuple[Tensor, Tensor]:
    if h0 is None:
      h = torch.zeros_like(x[0])
    else:
      h = h0
    rows: List[Tensor] = []
    for t in range(x.size(0)):
      h = self.decay(h, a) + x[t]
      rows.append(h)
    return torch.stack(rows), h

  def decay(self, h: Tensor, a: float) -> Tensor:
    return h * a

  def total(self, xs: List[Tensor], times: int, negate: bool) -> Tensor:
    sum = torch.zeros_like(xs[0])
    for x in xs:
      sum += x * times
    return -sum if negate else sum

  def nested(self, x: Tensor) -> Tuple[Tensor, Optional[Tensor], List[Tensor]]:
    return x, None, [x + 1.0, x + 2.0]

  def to_bfloat16(self, x: Tensor) -> Tensor:
    return x.to(15)

  def to_int8(self, x: Tensor) -> Tensor:
    return x.round().to(1)

  # two values of four bits in one byte: the even column below, the odd one above
  def to_nibbles(self, x: Tensor) -> Tensor:
    q = x.round().to(0)
    return q[:, 0::2] | (q[:, 1::2] << 4)

  def from_nibbles(self, packed: Tensor) -> Tensor:
    return torch.stack([packed & 15, packed >> 4], 2).flatten(1).to(6)

  def to_float32(self, x: Tensor) -> Tensor:
    return x.to(6)

  def bfloat16_product(self, x: Tensor, W: Tensor) -> Tensor:
    return (x.to(15) @ W.t()).to(6)

  def add_to(self, x: Tensor, y: Tensor) -> None:
    x.add_(y)

  def needs_matrix(self, x: Tensor) -> Tensor:
    assert x.dim() == 2, "x must have two axes"
    return x

  def number(self) -> int:
    return 3
