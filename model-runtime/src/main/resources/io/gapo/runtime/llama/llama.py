# The decoder of Llama and its kin (Touvron et al. 2023): RMSNorm, rotary positions, grouped-query
# attention, SwiGLU.
#
# B sequences, T tokens, V vocabulary, D hidden size, H query heads, K key/value heads, d head size,
# F intermediate size, L layers. All sizes are read off the weights:
#
#   ws = [embedding (V, D)]
#      + L * [norm (D), q (H*d, D), k (K*d, D), v (K*d, D), o (D, H*d),
#             norm (D), gate (F, D), up (F, D), down (D, F)]
#      + [norm (D), head (V, D) if there is one]
#
# What only some models have is empty where it is not:
#
#   head_norms = L * [q norm (d), k norm (d)]
#   qkv_biases = L * [q (H*d), k (K*d), v (K*d)]
#   o_biases   = L * [o (D)]
#   mlp_biases = L * [gate (F), up (F), down (D)]

# ids (B, T) -> (B, T, D) behind the last norm. Attention is causal, so whatever stands to the right of
# a sequence's last token does not reach it: batches are padded on the right.
def hidden(self, ws: List[Tensor], head_norms: List[Tensor], qkv_biases: List[Tensor],
           o_biases: List[Tensor], mlp_biases: List[Tensor], eps: float,
           ids: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    B = torch.size(ids, 0)
    T = torch.size(ids, 1)
    D = torch.size(ws[0], 1)
    d = torch.size(cos, 1)
    L = (torch.len(ws) - 2) // 9
    cos_t = torch.slice(cos, 0, 0, T)  # (T, d)
    sin_t = torch.slice(sin, 0, 0, T)  # (T, d)
    x = torch.embedding(ws[0], ids)  # (B, T, D)
    for layer in range(L):
        w = 1 + 9 * layer
        h = torch.rms_norm(x, [D], ws[w], eps)
        q = torch.view(self.project(h, ws[w + 1], qkv_biases, 3 * layer), [B, T, -1, d])
        k = torch.view(self.project(h, ws[w + 2], qkv_biases, 3 * layer + 1), [B, T, -1, d])
        v = torch.view(self.project(h, ws[w + 3], qkv_biases, 3 * layer + 2), [B, T, -1, d])
        if torch.len(head_norms) > 0:
            q = torch.rms_norm(q, [d], head_norms[2 * layer], eps)
            k = torch.rms_norm(k, [d], head_norms[2 * layer + 1], eps)
        q = self.rotate(torch.transpose(q, 1, 2), cos_t, sin_t)  # (B, H, T, d)
        k = self.rotate(torch.transpose(k, 1, 2), cos_t, sin_t)  # (B, K, T, d)
        v = torch.transpose(v, 1, 2)  # (B, K, T, d)
        a = torch.scaled_dot_product_attention(q, k, v, None, 0.0, True, scale=None, enable_gqa=True)
        a = torch.reshape(torch.transpose(a, 1, 2), [B, T, -1])  # (B, T, H*d)
        x = x + self.project(a, ws[w + 4], o_biases, layer)
        h = torch.rms_norm(x, [D], ws[w + 5], eps)
        gate = self.project(h, ws[w + 6], mlp_biases, 3 * layer)  # (B, T, F)
        m = torch.silu(gate) * self.project(h, ws[w + 7], mlp_biases, 3 * layer + 1)
        x = x + self.project(m, ws[w + 8], mlp_biases, 3 * layer + 2)
    return torch.rms_norm(x, [D], ws[9 * L + 1], eps)

# hidden (*, D), head (V, D) -> (*, V).
def logits(self, hidden: Tensor, head: Tensor) -> Tensor:
    return torch.linear(hidden, head)
