# Continuous batching for the decoder of llama.py: a pre-allocated key/value cache whose first rows are the
# running sequences, each at a position of its own.
#
# S cache rows, A of them active, C positions a row, P prompts, N new rows, T tokens, V vocabulary,
# D hidden size, H query heads, K key/value heads, G = H/K, d head size, F intermediate size, L layers.
#
#   ws     = [embedding (V, D)]
#          + L * [norm (D), qkv ((H+2K)*d, D), o (D, H*d), norm (D), gate_up (2F, D), down (D, F)]
#          + [norm (D), head (V, D)]
#   head_norms = L * [q norm (d), k norm (d)], qkv_biases = L * [qkv ((H+2K)*d)],
#   o_biases = L * [o (D)], mlp_biases = L * [gate_up (2F), down (D)]: empty if the model has none
#   caches = L * [keys (S, K, C, d), values (S, K, C, d)]
#   tables = [cos (C, d), sin (C, d), ticks (C) = 0, 1, 2, ...,
#             starts (S, K) = where a row's head begins in a cache seen as (S*K*C, d)]

# Reads prompts, ids (P, T) padded on the right, and fills rows first .. first + N of the caches; row
# first + i gets prompt source[i]. What padding leaves behind is overwritten before it is attended to.
def prefill(self, ws: List[Tensor], head_norms: List[Tensor], qkv_biases: List[Tensor],
            o_biases: List[Tensor], mlp_biases: List[Tensor], eps: float,
            ids: Tensor, source: Tensor, first: int, caches: List[Tensor],
            tables: List[Tensor]) -> Tensor:
    P = torch.size(ids, 0)
    T = torch.size(ids, 1)
    N = torch.size(source, 0)
    D = torch.size(ws[0], 1)
    d = torch.size(tables[0], 1)
    K = torch.size(caches[0], 1)
    L = torch.len(caches) // 2
    H = torch.size(ws[2], 0) // d - 2 * K
    cos = torch.slice(tables[0], 0, 0, T)  # (T, d)
    sin = torch.slice(tables[1], 0, 0, T)  # (T, d)
    x = torch.embedding(ws[0], ids)  # (P, T, D)
    for layer in range(L):
        w = 1 + 6 * layer
        h = torch.rms_norm(x, [D], ws[w], eps)
        qkv = torch.view(self.project(h, ws[w + 1], qkv_biases, layer), [P, T, H + 2 * K, d])
        qkv = torch.transpose(qkv, 1, 2)  # (P, H+2K, T, d)
        qk = self.norm_heads(torch.slice(qkv, 1, 0, H + K), H, head_norms, layer, eps)
        qk = self.rotate(qk, cos, sin)  # (P, H+K, T, d)
        q = torch.slice(qk, 1, 0, H)
        k = torch.slice(qk, 1, H, H + K)
        v = torch.slice(qkv, 1, H + K, H + 2 * K)
        self.fill(caches[2 * layer], torch.index_select(k, 0, source), first)
        self.fill(caches[2 * layer + 1], torch.index_select(v, 0, source), first)
        a = torch.scaled_dot_product_attention(q, k, v, None, 0.0, True, scale=None, enable_gqa=True)
        a = torch.reshape(torch.transpose(a, 1, 2), [P, T, -1])  # (P, T, H*d)
        x = x + self.project(a, ws[w + 2], o_biases, layer)
        h = torch.rms_norm(x, [D], ws[w + 3], eps)
        g, u = torch.chunk(self.project(h, ws[w + 4], mlp_biases, 2 * layer), 2, -1)
        x = x + self.project(torch.silu(g) * u, ws[w + 5], mlp_biases, 2 * layer + 1)
    return source

# new (N, K, T, d) into rows first .. first + N, positions 0 .. T.
def fill(self, cache: Tensor, new: Tensor, first: int) -> Tensor:
    rows = torch.slice(cache, 0, first, first + torch.size(new, 0))
    return torch.copy_(torch.slice(rows, 2, 0, torch.size(new, 2)), new)

# One token for each active row. ids, positions and uniforms (A): the row's newest token, where it
# stands and a number in [0, 1] to sample the next with; longest: highest position + 1.
# -> (2, A) float64: next tokens, and their log-probabilities under the distribution sampled from.
def decode(self, ws: List[Tensor], head_norms: List[Tensor], qkv_biases: List[Tensor],
           o_biases: List[Tensor], mlp_biases: List[Tensor], eps: float,
           ids: Tensor, positions: Tensor, uniforms: Tensor, longest: int,
           caches: List[Tensor], tables: List[Tensor], temperature: float) -> Tensor:
    A = torch.size(ids, 0)
    D = torch.size(ws[0], 1)
    d = torch.size(tables[0], 1)
    K = torch.size(caches[0], 1)
    L = torch.len(caches) // 2
    H = torch.size(ws[2], 0) // d - 2 * K
    x = torch.embedding(ws[0], ids)  # (A, D)
    cos = torch.unsqueeze(torch.index_select(tables[0], 0, positions), 1)  # (A, 1, d)
    sin = torch.unsqueeze(torch.index_select(tables[1], 0, positions), 1)  # (A, 1, d)
    place = torch.slice(tables[3], 0, 0, A) + torch.unsqueeze(positions, 1)  # (A, K)
    place = torch.reshape(place, [-1])  # (A*K): where in a cache the new keys and values go
    ahead = torch.gt(torch.slice(tables[2], 0, 0, longest), torch.view(positions, [A, 1, 1, 1]))
    mask = torch.masked_fill(torch.new_zeros(x, [A, 1, 1, longest]), ahead, -float("inf"))
    for layer in range(L):
        w = 1 + 6 * layer
        h = torch.rms_norm(x, [D], ws[w], eps)
        qkv = torch.view(self.project(h, ws[w + 1], qkv_biases, layer), [A, H + 2 * K, d])
        qk = self.norm_heads(torch.slice(qkv, 1, 0, H + K), H, head_norms, layer, eps)
        qk = self.rotate(qk, cos, sin)  # (A, H+K, d)
        q = torch.view(torch.slice(qk, 1, 0, H), [A, K, H // K, d])  # (A, K, G, d)
        k = self.extend(caches[2 * layer], torch.slice(qk, 1, H, H + K), place, longest)
        v = self.extend(caches[2 * layer + 1], torch.slice(qkv, 1, H + K, H + 2 * K), place, longest)
        a = torch.scaled_dot_product_attention(q, k, v, mask, 0.0, False)  # (A, K, G, d)
        x = x + self.project(torch.reshape(a, [A, -1]), ws[w + 2], o_biases, layer)
        h = torch.rms_norm(x, [D], ws[w + 3], eps)
        g, u = torch.chunk(self.project(h, ws[w + 4], mlp_biases, 2 * layer), 2, -1)
        x = x + self.project(torch.silu(g) * u, ws[w + 5], mlp_biases, 2 * layer + 1)
    logits = torch.linear(torch.rms_norm(x, [D], ws[6 * L + 1], eps), ws[6 * L + 2])  # (A, V)
    return self.sample(logits, uniforms, temperature)

# Puts new (A, K, d) at its places; -> (A, K, longest, d), what the active rows attend to.
def extend(self, cache: Tensor, new: Tensor, place: Tensor, longest: int) -> Tensor:
    d = torch.size(cache, 3)
    torch.index_copy_(torch.view(cache, [-1, d]), 0, place, torch.reshape(new, [-1, d]))
    return torch.slice(torch.slice(cache, 0, 0, torch.size(new, 0)), 2, 0, longest)

# Inverse transform sampling: the first token at which the cumulative probability exceeds u times its
# total. No token of probability 0 is ever chosen: up to `last` the total is reached, whatever u is.
def sample(self, logits: Tensor, uniforms: Tensor, temperature: float) -> Tensor:
    p = torch.softmax(torch.to(logits, 6) / temperature, -1)  # (A, V) float32
    cumulative = torch.cumsum(p, -1)
    total = torch.contiguous(torch.slice(cumulative, 1, -1))  # (A, 1)
    u = torch.unsqueeze(uniforms, 1) * total  # (A, 1)
    exceeds = torch.searchsorted(cumulative, u, out_int32=False, right=True)
    last = torch.searchsorted(cumulative, total, out_int32=False, right=False)
    # The clamp matters only where p is not a number; then the log-probability says so.
    tokens = torch.clamp_max(torch.minimum(exceeds, last), torch.size(p, 1) - 1)
    log_probs = torch.log(torch.gather(p, 1, tokens))
    return torch.transpose(torch.cat([torch.to(tokens, 7), torch.to(log_probs, 7)], 1), 0, 1)

# Copies rows `source` of all caches to rows `target`, positions 0 .. longest.
def move(self, source: Tensor, target: Tensor, longest: int, caches: List[Tensor]) -> Tensor:
    for i in range(torch.len(caches)):
        used = torch.slice(caches[i], 2, 0, longest)
        torch.index_copy_(used, 0, target, torch.index_select(used, 0, source))
    return target
