  # Linear maps, pasted behind the class of every script that has some.
  #
  # A matrix W [rows, in] is a list of tensors; the type of the first says how it is stored (6 float32, 15 bfloat16, 1 int8,
  # 0 uint8):
  #   [W]              float32
  #   [W]              bfloat16
  #   [q, scale]       int8: W[i, j] = scale[i] q[i, j]; q [rows, in], scale [rows] bfloat16
  #   [packed, s]      int4: W[i, j] = s[g, i, 0] (q[i, j] - 8) + s[g, i, 1] with g = j // 32, q of 0 to 15 in the order that the
  #                    library's product wants; s [in / 32, rows, 2] bfloat16
  # Behind each but the first may stand one more tensor: the last rows of W, in float32.
  # Products with what is not float32 round the activations and the result to bfloat16 and add up in float32. The library's
  # products with int8 and int4 know no gradient and no GPU.

  def linear(self, x: Tensor, w: List[Tensor], bias: Optional[Tensor]) -> Tensor:
    """x W^T + bias: x [..., in] -> [..., rows], float32."""
    if w[0].dtype == 6:
      y = self.product(x, w[0])
    else:
      stored = 1 if w[0].dtype == 15 else 2
      y = self.stored_product(x, w)
      if len(w) > stored:
        y = torch.cat([y, self.product(x, w[stored])], -1)
      else:
        y = y.to(6)
    if bias is not None:
      y = torch.add_(y, bias)
    return y

  def product(self, x: Tensor, W: Tensor) -> Tensor:
    """In float32. The library's product without autograd is faster, above all for few rows."""
    if x.requires_grad or W.requires_grad or not x.is_cpu:
      return torch.matmul(x, W.t())
    return ops.mkldnn._linear_pointwise(x, W, None, "none", [], "")

  def stored_product(self, x: Tensor, w: List[Tensor]) -> Tensor:
    """The product with the rows of W that are not float32; of either type."""
    narrow = x.to(15)
    if w[0].dtype == 15:
      return torch.linear(narrow, w[0])
    n = x.size(-1)
    tokens = x.numel() // n
    library = x.is_cpu and not x.requires_grad
    if w[0].dtype == 1:
      # whole numbers up to 127 are exact in bfloat16; from some tokens on their product is the faster one
      if not library or tokens >= 32:
        return torch.mul(torch.linear(narrow, w[0].to(15)), w[1].to(6))
      y = torch._weight_int8pack_mm(narrow.reshape(tokens, n).contiguous(), w[0], w[1])
    else:
      # unpacking costs as much as the product with n tokens
      if not library or tokens > 2 * n:
        return torch.matmul(narrow, self.unpacked(w[0], w[1]).to(15))
      y = torch._weight_int4pack_mm_for_cpu(narrow.reshape(tokens, n).contiguous(), w[0], 32, w[1])
    return y.view(x.size()[:-1] + [y.size(1)])

  def unpacked(self, packed: Tensor, s: Tensor) -> Tensor:
    """W^T [in, rows] in float32, exactly. The order of the packed values is the library's own, so it is asked: with
    scales of one and zeros of zero, the product with the identity gives q - 8."""
    groups, rows = s.size(0), s.size(1)
    plain = torch.stack([torch.ones_like(s[:, :, 0]), torch.zeros_like(s[:, :, 0])], 2)
    one = torch.eye(groups * 32, dtype=15)
    q = torch._weight_int4pack_mm_for_cpu(one, packed, 32, plain).to(6).view(groups, 32, rows)
    wide = s.to(6)
    return (q * wide[:, None, :, 0] + wide[:, None, :, 1]).view(groups * 32, rows)
