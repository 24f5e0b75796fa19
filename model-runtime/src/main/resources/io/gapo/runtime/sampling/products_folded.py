# products.py for few and small weights in single precision on the CPU, where an operator's call costs more
# than its arithmetic: with the matrices of fold.py.

# x / sqrt(|x|^2 + D*eps); the rest of RMSNorm is in the matrix behind it. floor: sqrt(D*eps).
def norm(self, x: Tensor, floor: Tensor, eps: float) -> Tensor:
    return torch.div(x, torch.hypot(torch.linalg_vector_norm(x, 2, [-1], True), floor))

# x (N, I), weight (I, O) -> (N, O).
def multiply(self, x: Tensor, weight: Tensor) -> Tensor:
    return torch.mm(x, weight)

# Adds the product to y (N, O).
def multiply_onto(self, y: Tensor, x: Tensor, weight: Tensor) -> Tensor:
    return torch.addmm(y, x, weight)

def arrange(self, weight: Tensor) -> Tensor:
    return torch.t(weight)
