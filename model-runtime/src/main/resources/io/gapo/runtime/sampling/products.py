# How decode.py normalizes, multiplies, turns and attends: the weights as they are, whatever their type and
# device.

def norm(self, x: Tensor, weight: Tensor, eps: float) -> Tensor:
    return torch.rms_norm(x, [torch.size(x, -1)], weight, eps)

# x (N, I), weight (O, I) -> (N, O).
def multiply(self, x: Tensor, weight: Tensor) -> Tensor:
    return torch.linear(x, weight)

# Adds the product to y (N, O).
def multiply_onto(self, y: Tensor, x: Tensor, weight: Tensor) -> Tensor:
    return y + torch.linear(x, weight)

# cos and sin (N, d) -> what the heads of N positions are turned by.
def turns(self, cos: Tensor, sin: Tensor, H: int, K: int) -> List[Tensor]:
    N = torch.size(cos, 0)
    d = torch.size(cos, 1)
    cos_all = torch.cat([torch.expand(torch.unsqueeze(cos, 1), [N, H + K, d]), torch.new_ones(cos, [N, K, d])], 1)
    sin_all = torch.cat([torch.expand(torch.unsqueeze(sin, 1), [N, H + K, d]), torch.new_zeros(sin, [N, K, d])], 1)
    return [cos_all, sin_all]  # (N, H+2K, d)

# qkv (*, N, H+2K, d).
def turn(self, qkv: Tensor, turns: List[Tensor]) -> Tensor:
    return self.rotate(qkv, turns[0], turns[1])

# q (A, K, G, d), k and v (A, K, T, d), mask (A, 1, 1, T) if anything is hidden -> (A, K, G, d).
def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
    return torch.scaled_dot_product_attention(q, k, v, mask, 0.0, False)

# q (P, H, T, d), k and v (P, K, T, d) -> (P, H, T, d).
def attend_causally(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return self.causal_attention(q, k, v, float(torch.size(q, 3)) ** -0.5)
