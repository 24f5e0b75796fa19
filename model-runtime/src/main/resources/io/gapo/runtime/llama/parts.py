# x (*, I), weight (O, I), biases: the one at `place` is (O), or the model has none -> (*, O).
def project(self, x: Tensor, weight: Tensor, biases: List[Tensor], place: int) -> Tensor:
    if torch.len(biases) > 0:
        y = torch.linear(x, weight, biases[place])
    else:
        y = torch.linear(x, weight)
    return y

# qk (P, H+K, T, d) or (A, H+K, d): the heads of queries, then of keys, along dimension 1; normalized
# head by head if the model does that.
def norm_heads(self, qk: Tensor, H: int, head_norms: List[Tensor], layer: int, eps: float) -> Tensor:
    y = qk
    if torch.len(head_norms) > 0:
        d = torch.size(qk, -1)
        q = torch.rms_norm(torch.slice(qk, 1, 0, H), [d], head_norms[2 * layer], eps)
        k = torch.rms_norm(torch.slice(qk, 1, H), [d], head_norms[2 * layer + 1], eps)
        y = torch.cat([q, k], 1)
    return y

# y (*, O) plus the bias at `place`, (O), if the model has such.
def shift(self, y: Tensor, biases: List[Tensor], place: int) -> Tensor:
    z = y
    if torch.len(biases) > 0:
        z = y + biases[place]
    return z
