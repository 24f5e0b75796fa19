# Euclidean norm of each gradient, shape (tensors), float64: finite exactly when all elements are.
# Squares overflow single precision sooner than elements do: only then is it worth a widened copy.
def norms(self, gradients: List[Tensor]) -> Tensor:
    norms = torch.to(torch.stack(torch._foreach_norm(gradients, 2)), 7)
    if not bool(torch.all(torch.isfinite(norms))):
        norms = torch.stack(torch._foreach_norm(gradients, 2, dtype=7))
    return norms

# One AdamW step in place; gradients are scaled in place first. steps: the number of this step,
# from 1, one scalar tensor a weight.
def update(self, weights: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], steps: List[Tensor], scale: float, rate: float, beta1: float, beta2: float, decay: float, epsilon: float) -> Tensor:
    if scale != 1.0:
        torch._foreach_mul_(gradients, scale)
    torch._fused_adamw_(weights, gradients, first, second, annotate(List[Tensor], []), steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
    return weights[0]
