# How decode.py multiplies by the matrices of fold.py: all are (I, O).

# x (N, I) -> (N, O).
def multiply(self, x: Tensor, weight: Tensor) -> Tensor:
    return torch.mm(x, weight)

# Adds the product to y (N, O).
def multiply_onto(self, y: Tensor, x: Tensor, weight: Tensor) -> Tensor:
    return torch.addmm(y, x, weight)

# weight (O, I), for all numbers of rows.
def kept(self, weight: Tensor) -> Tensor:
    return torch.t(weight)

# All weights for so many rows.
def arrange(self, folded: List[Tensor], rows: int) -> List[Tensor]:
    return folded
