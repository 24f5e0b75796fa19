# base (O, I), a (r, I), b (O, r), the latter two float32: target = base + scale * b a, summed in float32
# and rounded once. Target and base may be one tensor.
def merge(self, target: Tensor, base: Tensor, a: Tensor, b: Tensor, scale: float) -> Tensor:
    return torch.copy_(target, torch.addmm(torch.to(base, 6), b, a, beta=1, alpha=scale))
