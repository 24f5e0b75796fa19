# Euclidean norm of each gradient, shape (tensors), float64: finite exactly when all elements are.
# Sums of many squares lose digits in single precision (with 1e8 elements, 7 % of the norm), and
# squares overflow it sooner than elements do: only then is it worth the wider one.
def norms(self, gradients: List[Tensor]) -> Tensor:
    large = 4194304
    norms = torch.new_zeros(gradients[0], [torch.len(gradients)], dtype=7)
    for i in range(torch.len(gradients)):
        if torch.numel(gradients[i]) <= large:
            torch.copy_(torch.select(norms, 0, i), torch.linalg_vector_norm(gradients[i], 2))
        else:
            torch.copy_(torch.select(norms, 0, i), self.wide_norm(gradients[i]))
    finite = torch.isfinite(norms)
    if not bool(torch.all(finite)):
        for i in range(torch.len(gradients)):
            if not bool(finite[i]):
                torch.copy_(torch.select(norms, 0, i), self.wide_norm(gradients[i]))
    return norms

# In double precision. A GPU widens as it reads; a CPU would write the wide copy, so there it is made
# in slices that stay in the processor's cache.
def wide_norm(self, gradient: Tensor) -> Tensor:
    if gradient.is_cuda:
        return torch.linalg_vector_norm(gradient, 2, None, False, dtype=7)
    flat = torch.reshape(gradient, [-1])
    squares = torch.new_zeros(flat, [], dtype=7)
    step = 262144
    for i in range((torch.numel(flat) + step - 1) // step):
        part = torch.to(torch.slice(flat, 0, i * step, (i + 1) * step), 7)
        squares = squares + torch.dot(part, part)
    return torch.sqrt(squares)

# One AdamW step in place; gradients are scaled in place first. steps: the number of this step,
# from 1, one scalar tensor a weight.
def update(self, weights: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], steps: List[Tensor], scale: float, rate: float, beta1: float, beta2: float, decay: float, epsilon: float) -> Tensor:
    if scale != 1.0:
        torch._foreach_mul_(gradients, scale)
    torch._fused_adamw_(weights, gradients, first, second, annotate(List[Tensor], []), steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
    return weights[0]
