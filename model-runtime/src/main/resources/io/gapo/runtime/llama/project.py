# x (*, I), weight (O, I), biases: the one at `place` is (O), or the model has none -> (*, O).
def project(self, x: Tensor, weight: Tensor, biases: List[Tensor], place: int) -> Tensor:
    if torch.len(biases) > 0:
        y = torch.linear(x, weight, biases[place])
    else:
        y = torch.linear(x, weight)
    return y
