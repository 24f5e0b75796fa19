# products.py for large weights in single precision on the CPU: with the matrices of fold.py in oneDNN's
# blocked layout, which a few rows multiply up to ten times as fast as row-major ones.

# x / sqrt(|x|^2 + D*eps); the rest of RMSNorm is in the matrix behind it. floor: sqrt(D*eps).
def norm(self, x: Tensor, floor: Tensor, eps: float) -> Tensor:
    return torch.div(x, torch.hypot(torch.linalg_vector_norm(x, 2, [-1], True), floor))

# x (N, I), weight (O, I) -> (N, O).
def multiply(self, x: Tensor, weight: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, weight, None, "none", [], "")

# Adds the product to y (N, O).
def multiply_onto(self, y: Tensor, x: Tensor, weight: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, y, weight, None, "add")

def arrange(self, weight: Tensor) -> Tensor:
    return ops.mkldnn._reorder_linear_weight(weight)
