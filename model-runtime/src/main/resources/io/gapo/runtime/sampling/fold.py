# Copies of the weights for decode.py, to be made anew whenever these change.
#
#   RMSNorm(x) = x / sqrt(|x|^2 + D*eps) * (sqrt(D) * norm)
#
# The factor behind it goes into the matrix that reads it; in the norm's place stands sqrt(D*eps), ().
def fold(self, ws: List[Tensor], eps: float) -> List[Tensor]:
    D = torch.size(ws[0], 1)
    L = (torch.len(ws) - 3) // 6
    floor = torch.sqrt(torch.new_full(ws[0], [], D * eps))
    folded = [ws[0]]
    for layer in range(L):
        w = 1 + 6 * layer
        folded = torch.add(folded, [floor,
                                    self.arrange(self.scaled(ws[w + 1], ws[w])),
                                    self.arrange(torch.clone(ws[w + 2])),
                                    floor,
                                    self.arrange(self.scaled(ws[w + 4], ws[w + 3])),
                                    self.arrange(torch.clone(ws[w + 5]))])
    head = self.arrange(self.scaled(ws[6 * L + 2], ws[6 * L + 1]))
    return torch.add(folded, [floor, head])

# weight (O, D), norm (D).
def scaled(self, weight: Tensor, norm: Tensor) -> Tensor:
    return weight * (norm * torch.sqrt(torch.new_full(norm, [], torch.size(norm, 0))))
