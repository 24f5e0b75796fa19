# How decode.py normalizes and multiplies: the weights as they are, whatever their type and device.

def norm(self, x: Tensor, weight: Tensor, eps: float) -> Tensor:
    return torch.rms_norm(x, [torch.size(x, -1)], weight, eps)

# x (N, I), weight (O, I) -> (N, O).
def multiply(self, x: Tensor, weight: Tensor) -> Tensor:
    return torch.linear(x, weight)

# Adds the product to y (N, O).
def multiply_onto(self, y: Tensor, x: Tensor, weight: Tensor) -> Tensor:
    return y + torch.linear(x, weight)
