# Euclidean norm of each gradient, shape (tensors), float64: finite exactly when all elements are.
# Sums of many squares lose digits in single precision (with 1e8 elements, 7 % of the norm), and
# squares overflow it sooner than elements do: only then is it worth the wider one.
def norms(self, gradients: List[Tensor]) -> Tensor:
    norms = torch.to(torch.stack(torch._foreach_norm(gradients, 2)), 7)
    large = 4194304
    for i in range(torch.len(gradients)):
        if torch.numel(gradients[i]) > large or not bool(torch.isfinite(norms[i])):
            wide = torch._foreach_norm([gradients[i]], 2, dtype=7)[0]
            torch.copy_(torch.select(norms, 0, i), wide)
    return norms

# One AdamW step in place; gradients are scaled in place first. steps: the number of this step,
# from 1, one scalar tensor a weight.
def update(self, weights: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], steps: List[Tensor], scale: float, rate: float, beta1: float, beta2: float, decay: float, epsilon: float) -> Tensor:
    if scale != 1.0:
        torch._foreach_mul_(gradients, scale)
    torch._fused_adamw_(weights, gradients, first, second, annotate(List[Tensor], []), steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
    return weights[0]
