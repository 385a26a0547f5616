class Sharing(Module):
  def six_times(self, x: Tensor) -> Tensor:
    return self.twice(3 * x)
