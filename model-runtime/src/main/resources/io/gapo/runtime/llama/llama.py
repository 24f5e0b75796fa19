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
    x = torch.embedding(ws[0], ids)  # (B, T, D)
    for layer in range((torch.len(ws) - 2) // 9):
        x = self.decoder_layer(ws, head_norms, qkv_biases, o_biases, mlp_biases, eps, layer, x, cos, sin, factors, scale)
    return self.last_norm(ws, eps, x)

# x (B, T, D) behind layer L - 1 -> (B, T, D).
def last_norm(self, ws: List[Tensor], eps: float, x: Tensor) -> Tensor:
    L = (torch.len(ws) - 2) // 9
    return torch.rms_norm(x, [torch.size(ws[0], 1)], ws[9 * L + 1], eps)

# x (B, T, D) before the layer -> (B, T, D) behind it.
def decoder_layer(self, ws: List[Tensor], head_norms: List[Tensor], qkv_biases: List[Tensor],
                  o_biases: List[Tensor], mlp_biases: List[Tensor], eps: float, layer: int,
                  x: Tensor, cos: Tensor, sin: Tensor, factors: List[Tensor], scale: float) -> Tensor:
    B = torch.size(x, 0)
    T = torch.size(x, 1)
    D = torch.size(x, 2)
    d = torch.size(cos, 1)
    cos_t = torch.slice(cos, 0, 0, T)  # (T, d)
    sin_t = torch.slice(sin, 0, 0, T)  # (T, d)
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
    a = self.causal_attention(q, k, v, float(d) ** -0.5)
    a = torch.reshape(torch.transpose(a, 1, 2), [B, T, -1])  # (B, T, H*d)
    y = x + self.adapt(self.project(a, ws[w + 4], o_biases, layer), a, factors, f + 6, scale)
    h = torch.rms_norm(y, [D], ws[w + 5], eps)
    gate = self.adapt(self.project(h, ws[w + 6], mlp_biases, 3 * layer), h, factors, f + 8, scale)
    up = self.adapt(self.project(h, ws[w + 7], mlp_biases, 3 * layer + 1), h, factors, f + 10, scale)
    m = torch.silu(gate) * up  # (B, T, F)
    down = self.project(m, ws[w + 8], mlp_biases, 3 * layer + 2)
    return y + self.adapt(down, m, factors, f + 12, scale)

# What stands before every layer and behind the last one, L + 1 of (B, T, D): enough to differentiate
# layer by layer, with the memory of one layer's graph (Chen et al. 2016).
def layer_inputs(self, ws: List[Tensor], head_norms: List[Tensor], qkv_biases: List[Tensor],
                 o_biases: List[Tensor], mlp_biases: List[Tensor], eps: float,
                 ids: Tensor, cos: Tensor, sin: Tensor, factors: List[Tensor], scale: float) -> List[Tensor]:
    x = torch.embedding(ws[0], ids)
    inputs = annotate(List[Tensor], [x])
    for layer in range((torch.len(ws) - 2) // 9):
        x = self.decoder_layer(ws, head_norms, qkv_biases, o_biases, mlp_biases, eps, layer, x, cos, sin, factors, scale)
        torch.append(inputs, x)
    return inputs

# The way back through the last norm, one layer or the embedding: adds to sums what the parameters get of
# by_output, divided by loss_scale, and returns what the input x, which requires gradients, gets of it.
def last_norm_backward(self, ws: List[Tensor], eps: float, x: Tensor, by_output: Tensor,
                       parameters: List[Tensor], sums: List[Tensor], loss_scale: float) -> Tensor:
    return self.add_gradients(self.last_norm(ws, eps, x), x, by_output, parameters, sums, loss_scale)

def layer_backward(self, ws: List[Tensor], head_norms: List[Tensor], qkv_biases: List[Tensor],
                   o_biases: List[Tensor], mlp_biases: List[Tensor], eps: float, layer: int,
                   x: Tensor, by_output: Tensor, cos: Tensor, sin: Tensor, factors: List[Tensor], scale: float,
                   parameters: List[Tensor], sums: List[Tensor], loss_scale: float) -> Tensor:
    y = self.decoder_layer(ws, head_norms, qkv_biases, o_biases, mlp_biases, eps, layer, x, cos, sin, factors, scale)
    return self.add_gradients(y, x, by_output, parameters, sums, loss_scale)

# The embedding is reached only where it is trained.
def embedding_backward(self, ws: List[Tensor], ids: Tensor, by_output: Tensor,
                       parameters: List[Tensor], sums: List[Tensor], loss_scale: float) -> Tensor:
    if ops.prim.requires_grad(ws[0]):
        found = torch.autograd.grad([torch.embedding(ws[0], ids)], parameters, annotate(List[Optional[Tensor]], [by_output]), False, False, True)
        self.add_found(found, 0, sums, loss_scale)
    return by_output

def add_gradients(self, y: Tensor, x: Tensor, by_output: Tensor, parameters: List[Tensor], sums: List[Tensor], loss_scale: float) -> Tensor:
    found = torch.autograd.grad([y], torch.add([x], parameters), annotate(List[Optional[Tensor]], [by_output]), False, False, True)
    self.add_found(found, 1, sums, loss_scale)
    return unchecked_cast(Tensor, found[0])

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
