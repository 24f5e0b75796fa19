# x (*, d), cos and sin broadcast to it: rotates the pairs (x[j], x[j + d/2]) by their position's angles.
# The first halves of the sines are negated, so that one roll serves both members of a pair.
def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    return torch.addcmul(x * cos, torch.roll(x, [torch.size(cos, -1) // 2], [-1]), sin)
