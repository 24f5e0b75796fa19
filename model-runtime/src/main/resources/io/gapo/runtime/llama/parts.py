# x (*, I), weight (O, I), biases: the one at `place` is (O), or the model has none -> (*, O).
def project(self, x: Tensor, weight: Tensor, biases: List[Tensor], place: int) -> Tensor:
    if torch.len(biases) > 0:
        y = torch.linear(x, weight, biases[place])
    else:
        y = torch.linear(x, weight)
    return y

# qkv (*, H+2K, d): the heads of queries, of keys and of values; the first two normalized head by head if
# the model does that.
def norm_heads(self, qkv: Tensor, H: int, K: int, head_norms: List[Tensor], layer: int, eps: float) -> Tensor:
    y = qkv
    if torch.len(head_norms) > 0:
        d = torch.size(qkv, -1)
        q, k, v = torch.split_with_sizes(qkv, [H, K, K], -2)
        q = torch.rms_norm(q, [d], head_norms[2 * layer], eps)
        k = torch.rms_norm(k, [d], head_norms[2 * layer + 1], eps)
        y = torch.cat([q, k, v], -2)
    return y

# y (*, O) plus the bias at `place`, (O), if the model has such.
def shift(self, y: Tensor, biases: List[Tensor], place: int) -> Tensor:
    z = y
    if torch.len(biases) > 0:
        z = y + biases[place]
    return z
