# q (B, H, T, d), k and v (B, K, T, d) -> (B, H, T, d): every position attends to those before it and itself.
# On a CPU the fused kernel takes as many key heads as query heads only; without it the probabilities
# (B, H, T, T) are written to memory, and kept for the way back.
def causal_attention(self, q: Tensor, k: Tensor, v: Tensor, scale: float) -> Tensor:
    H = torch.size(q, 1)
    if ops.prim.is_cuda(q):
        a = torch.scaled_dot_product_attention(q, k, v, None, 0.0, True, scale=scale, enable_gqa=True)
    else:
        a = torch.scaled_dot_product_attention(q, self.shared_heads(k, H), self.shared_heads(v, H), None, 0.0, True, scale=scale)
    return a

# x (B, K, T, d) -> (B, H, T, d): each of the K heads H/K times, one copy beside the other.
def shared_heads(self, x: Tensor, H: int) -> Tensor:
    B = torch.size(x, 0)
    K = torch.size(x, 1)
    T = torch.size(x, 2)
    d = torch.size(x, 3)
    y = x
    if K != H:
        y = torch.reshape(torch.expand(torch.unsqueeze(x, 2), [B, K, H // K, T, d]), [B, H, T, d])
    return y
