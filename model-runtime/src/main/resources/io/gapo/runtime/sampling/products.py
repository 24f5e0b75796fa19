# How decode.py normalizes, multiplies and attends: the weights as they are, whatever their type and device.

def norm(self, x: Tensor, weight: Tensor, eps: float) -> Tensor:
    return torch.rms_norm(x, [torch.size(x, -1)], weight, eps)

# x (N, I), weight (O, I) -> (N, O).
def multiply(self, x: Tensor, weight: Tensor) -> Tensor:
    return torch.linear(x, weight)

# Adds the product to y (N, O).
def multiply_onto(self, y: Tensor, x: Tensor, weight: Tensor) -> Tensor:
    return y + torch.linear(x, weight)

# q (A, K, G, d), k and v (A, K, T, d), mask (A, 1, 1, T) if anything is hidden -> (A, K, G, d).
def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
    return torch.scaled_dot_product_attention(q, k, v, mask, 0.0, False)
