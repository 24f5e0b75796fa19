# Copies of the weights for decode.py in single precision on the CPU, to be made anew whenever these change.
#
#   RMSNorm(x) = x / sqrt(|x|^2 + D*eps) * (sqrt(D) * norm)
#
# The factor behind it goes into the matrix that reads it; in the norm's place stands sqrt(D*eps), ().
# Matrices are arranged for the number of rows that they will be multiplied by.
def fold(self, ws: List[Tensor], eps: float, rows: int) -> List[Tensor]:
    D = torch.size(ws[0], 1)
    L = (torch.len(ws) - 3) // 6
    floor = torch.sqrt(torch.new_full(ws[0], [], D * eps))
    folded = [ws[0]]
    for layer in range(L):
        w = 1 + 6 * layer
        folded = torch.add(folded, [floor,
                                    self.arranged(self.scaled(ws[w + 1], ws[w]), rows),
                                    self.arranged(torch.clone(ws[w + 2]), rows),
                                    floor,
                                    self.arranged(self.scaled(ws[w + 4], ws[w + 3]), rows),
                                    self.arranged(torch.clone(ws[w + 5]), rows)])
    head = self.arranged(self.scaled(ws[6 * L + 2], ws[6 * L + 1]), rows)
    return torch.add(folded, [floor, head])

# weight (O, I), norm (I).
def scaled(self, weight: Tensor, norm: Tensor) -> Tensor:
    return weight * (norm * torch.sqrt(torch.new_full(norm, [], torch.size(norm, 0))))

# x / sqrt(|x|^2 + D*eps); the rest of RMSNorm is in the matrix behind it. floor: sqrt(D*eps).
def norm(self, x: Tensor, floor: Tensor, eps: float) -> Tensor:
    return torch.div(x, torch.hypot(torch.linalg_vector_norm(x, 2, [-1], True), floor))
