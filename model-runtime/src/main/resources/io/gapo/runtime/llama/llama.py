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
#   factors    = L * [A (r, I), B (O, r) of q, k, v, o, gate, up, down]: low-rank terms beside the
#                weights, of no elements where nothing is added

# ids (B, T) -> (B, T, D) behind the last norm. Attention is causal, so whatever stands to the right of
# a sequence's last token does not reach it: batches are padded on the right.
def hidden(self, ws: List[Tensor], head_norms: List[Tensor], qkv_biases: List[Tensor],
           o_biases: List[Tensor], mlp_biases: List[Tensor], eps: float,
           ids: Tensor, cos: Tensor, sin: Tensor, factors: List[Tensor], scale: float) -> Tensor:
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
        f = 14 * layer
        h = torch.rms_norm(x, [D], ws[w], eps)
        q = self.project(h, ws[w + 1], qkv_biases, 3 * layer)
        k = self.project(h, ws[w + 2], qkv_biases, 3 * layer + 1)
        v = self.project(h, ws[w + 3], qkv_biases, 3 * layer + 2)
        q = torch.view(self.adapt(q, h, factors, f, scale), [B, T, -1, d])
        k = torch.view(self.adapt(k, h, factors, f + 2, scale), [B, T, -1, d])
        v = torch.view(self.adapt(v, h, factors, f + 4, scale), [B, T, -1, d])
        if torch.len(head_norms) > 0:
            q = torch.rms_norm(q, [d], head_norms[2 * layer], eps)
            k = torch.rms_norm(k, [d], head_norms[2 * layer + 1], eps)
        q = self.rotate(torch.transpose(q, 1, 2), cos_t, sin_t)  # (B, H, T, d)
        k = self.rotate(torch.transpose(k, 1, 2), cos_t, sin_t)  # (B, K, T, d)
        v = torch.transpose(v, 1, 2)  # (B, K, T, d)
        a = torch.scaled_dot_product_attention(q, k, v, None, 0.0, True, scale=None, enable_gqa=True)
        a = torch.reshape(torch.transpose(a, 1, 2), [B, T, -1])  # (B, T, H*d)
        x = x + self.adapt(self.project(a, ws[w + 4], o_biases, layer), a, factors, f + 6, scale)
        h = torch.rms_norm(x, [D], ws[w + 5], eps)
        gate = self.adapt(self.project(h, ws[w + 6], mlp_biases, 3 * layer), h, factors, f + 8, scale)
        up = self.adapt(self.project(h, ws[w + 7], mlp_biases, 3 * layer + 1), h, factors, f + 10, scale)
        m = torch.silu(gate) * up  # (B, T, F)
        down = self.project(m, ws[w + 8], mlp_biases, 3 * layer + 2)
        x = x + self.adapt(down, m, factors, f + 12, scale)
    return torch.rms_norm(x, [D], ws[9 * L + 1], eps)

# x (*, I), y (*, O) = what the weights make of it -> y + scale * B(A x), (*, O). Weights that need no
# gradient get none: only A and B cost a product each on the way back.
def adapt(self, y: Tensor, x: Tensor, factors: List[Tensor], place: int, scale: float) -> Tensor:
    z = y
    if torch.len(factors) > 0:
        a = factors[place]
        if torch.numel(a) > 0:
            z = torch.add(y, torch.linear(torch.linear(x, a), factors[place + 1]), alpha=scale)
    return z

# hidden (*, D), head (V, D) -> (*, V).
def logits(self, hidden: Tensor, head: Tensor) -> Tensor:
    return torch.linear(hidden, head)
