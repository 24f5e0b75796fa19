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
#   caches = L * [keys (S, K, C, d), values (S, K, C, d), the memory of both as (2*S*K*C, d)]
#   tables = [cos (C, d), sin (C, d), ticks (C) = 0, 1, 2, ...,
#             starts (S, 2K) = where a row's keys and values begin in the memory of both]
#
# The heads of queries, keys and values, H + 2K, stay side by side until they are attended to; `turns` turn
# those of queries and keys by their positions' angles and leave the values as they are.

# Reads prompts, ids (P, T) padded on the right, and fills rows first .. first + N of the caches; row
# first + i gets prompt source[i]. What padding leaves behind is overwritten before it is attended to.
def prefill(self, ws: List[Tensor], head_norms: List[Tensor], qkv_biases: List[Tensor],
            o_biases: List[Tensor], mlp_biases: List[Tensor], eps: float,
            ids: Tensor, source: Tensor, first: int, caches: List[Tensor], tables: List[Tensor],
            H: int) -> Tensor:
    P = torch.size(ids, 0)
    T = torch.size(ids, 1)
    d = torch.size(tables[0], 1)
    K = torch.size(caches[0], 1)
    L = torch.len(caches) // 3
    x = torch.embedding(ws[0], torch.reshape(ids, [-1]))  # (P*T, D)
    turns = self.turns(torch.slice(tables[0], 0, 0, T), torch.slice(tables[1], 0, 0, T), H, K)
    for layer in range(L):
        w = 1 + 6 * layer
        qkv = self.multiply(self.norm(x, ws[w], eps), ws[w + 1])
        qkv = torch.view(self.shift(qkv, qkv_biases, layer), [P, T, -1, d])
        qkv = self.turn(self.norm_heads(qkv, H, K, head_norms, layer, eps), turns)
        q, k, v = torch.split_with_sizes(torch.transpose(qkv, 1, 2), [H, K, K], 1)  # (P, H, T, d), ...
        self.fill(caches[3 * layer], torch.index_select(k, 0, source), first)
        self.fill(caches[3 * layer + 1], torch.index_select(v, 0, source), first)
        if layer + 1 < L:  # what comes behind the last keys and values is read by nobody
            a = torch.transpose(self.attend_causally(q, k, v), 1, 2)
            a = torch.reshape(a, [P * T, -1])  # (P*T, H*d)
            x = self.behind_attention(x, a, ws, w, o_biases, mlp_biases, layer, eps)
    return source

# The rest of a layer: x (N, D) and what attention found, a (N, H*d) -> (N, D).
def behind_attention(self, x: Tensor, a: Tensor, ws: List[Tensor], w: int, o_biases: List[Tensor],
                     mlp_biases: List[Tensor], layer: int, eps: float) -> Tensor:
    y = self.shift(self.multiply_onto(x, a, ws[w + 2]), o_biases, layer)
    gu = self.multiply(self.norm(y, ws[w + 3], eps), ws[w + 4])
    g, u = torch.chunk(self.shift(gu, mlp_biases, 2 * layer), 2, -1)
    m = torch.mul_(torch.silu(g), u)  # (N, F)
    return self.shift(self.multiply_onto(y, m, ws[w + 5]), mlp_biases, 2 * layer + 1)

# new (N, K, T, d) into rows first .. first + N, positions 0 .. T.
def fill(self, cache: Tensor, new: Tensor, first: int) -> Tensor:
    rows = torch.slice(cache, 0, first, first + torch.size(new, 0))
    return torch.copy_(torch.slice(rows, 2, 0, torch.size(new, 2)), new)

# One token for each active row. numbers (5A) float32, or longer: the A rows' newest tokens (exact below
# 2^24), where they stand, and numbers in [0, 1) to sample the next with; behind them are written (A, 2) the
# next tokens, and their log-probabilities under the distribution sampled from. shortest and longest: lowest
# and highest position + 1.
def decode(self, ws: List[Tensor], head_norms: List[Tensor], qkv_biases: List[Tensor],
           o_biases: List[Tensor], mlp_biases: List[Tensor], eps: float,
           numbers: Tensor, A: int, shortest: int, longest: int, caches: List[Tensor],
           tables: List[Tensor], H: int, temperature: float) -> Tensor:
    d = torch.size(tables[0], 1)
    K = torch.size(caches[0], 1)
    L = torch.len(caches) // 3
    ids, positions = torch.chunk(torch.to(torch.slice(numbers, 0, 0, 2 * A), 4), 2)
    x = torch.embedding(ws[0], ids)  # (A, D)
    turns = self.turns(torch.index_select(tables[0], 0, positions),
                       torch.index_select(tables[1], 0, positions), H, K)
    place = torch.slice(tables[3], 0, 0, A) + torch.unsqueeze(positions, 1)  # (A, 2K)
    place = torch.reshape(place, [-1])  # where in a cache the new keys and values go
    mask = self.mask(x, positions, shortest, longest, tables[2])
    for layer in range(L):
        w = 1 + 6 * layer
        qkv = self.multiply(self.norm(x, ws[w], eps), ws[w + 1])
        qkv = torch.view(self.shift(qkv, qkv_biases, layer), [A, -1, d])
        qkv = self.turn(self.norm_heads(qkv, H, K, head_norms, layer, eps), turns)  # (A, H+2K, d)
        kv = torch.reshape(torch.slice(qkv, 1, H), [-1, d])
        torch.index_copy_(caches[3 * layer + 2], 0, place, kv)
        q = torch.view(torch.slice(qkv, 1, 0, H), [A, K, -1, d])  # (A, K, G, d)
        k = self.reach(caches[3 * layer], A, longest)
        v = self.reach(caches[3 * layer + 1], A, longest)
        a = torch.reshape(self.attend(q, k, v, mask), [A, -1])  # (A, H*d)
        x = self.behind_attention(x, a, ws, w, o_biases, mlp_biases, layer, eps)
    logits = self.multiply(self.norm(x, ws[6 * L + 1], eps), ws[6 * L + 2])  # (A, V)
    uniforms = torch.slice(numbers, 0, 2 * A, 3 * A)
    results = torch.view(torch.slice(numbers, 0, 3 * A, 5 * A), [A, 2])
    return torch.copy_(results, self.sample(logits, uniforms, temperature))

# What hides the positions ahead of a row's own, (A, 1, 1, longest): nothing if all stand at the last one.
def mask(self, x: Tensor, positions: Tensor, shortest: int, longest: int, ticks: Tensor) -> Optional[Tensor]:
    mask: Optional[Tensor] = None
    if shortest < longest:
        A = torch.size(positions, 0)
        ahead = torch.gt(torch.slice(ticks, 0, 0, longest), torch.view(positions, [A, 1, 1, 1]))
        mask = torch.masked_fill(torch.new_zeros(x, [A, 1, 1, longest]), ahead, -float("inf"))
    return mask

# (A, K, longest, d), what the active rows attend to.
def reach(self, cache: Tensor, A: int, longest: int) -> Tensor:
    return torch.slice(torch.slice(cache, 0, 0, A), 2, 0, longest)

# Inverse transform sampling: the first token at which the cumulative probability exceeds u times its
# total. With u < 1 there is one, and its probability is above 0. -> (A, 2)
def sample(self, logits: Tensor, uniforms: Tensor, temperature: float) -> Tensor:
    z = torch.to(logits, 6)  # (A, V) float32
    if temperature != 1.0:
        z = z / temperature
    p = torch.softmax(z, -1)
    cumulative = torch.cumsum(p, -1)
    u = torch.unsqueeze(uniforms, 1) * torch.slice(cumulative, 1, -1)  # (A, 1)
    exceeds = torch.searchsorted(cumulative, u, out_int32=False, right=True)
    # The clamp matters only where p is not a number; then the log-probability says so.
    tokens = torch.clamp_max_(exceeds, torch.size(p, 1) - 1)
    return torch.cat([tokens, torch.log_(torch.gather(p, 1, tokens))], 1)

# Copies rows `source` of all caches to rows `target`, positions 0 .. longest.
def move(self, source: Tensor, target: Tensor, longest: int, caches: List[Tensor]) -> Tensor:
    for layer in range(torch.len(caches) // 3):
        for i in range(2):
            used = torch.slice(caches[3 * layer + i], 2, 0, longest)
            torch.index_copy_(used, 0, target, torch.index_select(used, 0, source))
    return target
