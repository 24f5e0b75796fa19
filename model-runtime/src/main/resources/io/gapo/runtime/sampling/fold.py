# Copies of the weights for decode.py in single precision on the CPU, to be made again whenever these change.
#
#   RMSNorm(x) = x / sqrt(|x|^2 + D*eps) * (sqrt(D) * norm)
#
# The factor behind it goes into the matrix that reads it; in the norm's place stands sqrt(D*eps), ().
# `turned`: the first heads of qkv, those of queries and keys, whose elements are paired as attention.py
# wants them. `arrange` makes of the result what decode.py multiplies by.
def fold(self, ws: List[Tensor], eps: float, turned: int, d: int) -> List[Tensor]:
    D = torch.size(ws[0], 1)
    L = (torch.len(ws) - 3) // 6
    floor = torch.sqrt(torch.new_full(ws[0], [], D * eps))
    folded = [ws[0]]
    for layer in range(L):
        w = 1 + 6 * layer
        qkv = self.paired(ws[w + 1], turned, d)
        folded = torch.add(folded, [floor,
                                    self.kept(self.scaled(qkv, ws[w])),
                                    self.kept(torch.clone(ws[w + 2])),
                                    floor,
                                    self.kept(self.scaled(ws[w + 4], ws[w + 3])),
                                    self.kept(torch.clone(ws[w + 5]))])
    head = self.kept(self.scaled(ws[6 * L + 2], ws[6 * L + 1]))
    return torch.add(folded, [floor, head])

# What is added to or multiplied by qkv, by layer.
def all_paired(self, xs: List[Tensor], turned: int, d: int) -> List[Tensor]:
    result = annotate(List[Tensor], [])
    for i in range(torch.len(xs)):
        torch.append(result, self.paired(xs[i], turned, d))
    return result

# x (n*d, *) -> the elements j and j + d/2 of the first heads side by side.
def paired(self, x: Tensor, turned: int, d: int) -> Tensor:
    heads = torch.reshape(torch.slice(x, 0, 0, turned * d), [turned, 2, d // 2, -1])
    heads = torch.reshape(torch.transpose(heads, 1, 2), [-1])
    others = torch.reshape(torch.slice(x, 0, turned * d), [-1])
    return torch.reshape(torch.cat([heads, others]), torch.size(x))

# weight (O, I), norm (I).
def scaled(self, weight: Tensor, norm: Tensor) -> Tensor:
    return weight * (norm * torch.sqrt(torch.new_full(norm, [], torch.size(norm, 0))))

# x / sqrt(|x|^2 + D*eps); the rest of RMSNorm is in the matrix behind it. floor: sqrt(D*eps).
def norm(self, x: Tensor, floor: Tensor, eps: float) -> Tensor:
    return torch.div(x, torch.hypot(torch.linalg_vector_norm(x, 2, [-1], True), floor))
