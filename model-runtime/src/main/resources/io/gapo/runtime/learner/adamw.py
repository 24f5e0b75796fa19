# Euclidean norm of each gradient, shape (tensors), float64: finite exactly when all elements are.
# Sums of many squares lose digits in single precision (with 1e8 elements, 7 % of the norm), and
# squares overflow it sooner than elements do: only then is it worth the wider one.
# A GPU takes the wider one as fast, in a few kernels for all.
def norms(self, gradients: List[Tensor]) -> Tensor:
    if gradients[0].is_cuda:
        return torch.stack(torch._foreach_norm(gradients, 2, dtype=7))
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

# In double precision on a CPU, which would write a wide copy: so it is made in slices that stay in the
# processor's cache.
def wide_norm(self, gradient: Tensor) -> Tensor:
    flat = torch.reshape(gradient, [-1])
    squares = torch.new_zeros(flat, [], dtype=7)
    step = 262144
    for i in range((torch.numel(flat) + step - 1) // step):
        part = torch.to(torch.slice(flat, 0, i * step, (i + 1) * step), 7)
        squares = squares + torch.dot(part, part)
    return torch.sqrt(squares)

# One AdamW step in place, against the scaled gradients. steps: the number of this step, from 1, one
# scalar tensor a weight.
def update(self, weights: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], steps: List[Tensor], scratch: Tensor, scale: float, rate: float, beta1: float, beta2: float, decay: float, epsilon: float) -> Tensor:
    if scale != 1.0:
        gradients = self.scaled(gradients, scratch, scale)
    else:
        gradients = self.contiguous(gradients)
    torch._fused_adamw_(weights, gradients, first, second, annotate(List[Tensor], []), steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False)
    return weights[0]

# The kernel reads memory in its order, whatever the strides: a copy of each gradient that is laid out
# otherwise than its weight.
def contiguous(self, gradients: List[Tensor]) -> List[Tensor]:
    results = annotate(List[Tensor], [])
    for i in range(torch.len(gradients)):
        _0 = torch.append(results, torch.contiguous(gradients[i]))
    return results

# The gradients times a number, in scratch memory (elements) of at least as many elements.
def scaled(self, gradients: List[Tensor], scratch: Tensor, scale: float) -> List[Tensor]:
    results = annotate(List[Tensor], [])
    factor = torch.scalar_tensor(scale, dtype=6)
    at = 0
    for i in range(torch.len(gradients)):
        end = at + torch.numel(gradients[i])
        place = torch.view(torch.slice(scratch, 0, at, end), torch.size(gradients[i]))
        _0 = torch.append(results, torch.mul(gradients[i], factor, out=place))
        at = end
    return results
