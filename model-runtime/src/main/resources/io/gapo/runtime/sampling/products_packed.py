# products_plain.py with some matrices in oneDNN's blocked layout: those that are multiplied faster so, by
# up to ten times, although oneDNN's calls cost more.

def multiply(self, x: Tensor, weight: Tensor) -> Tensor:
    if ops.prim.is_mkldnn(weight):
        y = ops.mkldnn._linear_pointwise(x, weight, None, "none", [], "")
    else:
        y = torch.mm(x, weight)
    return y

def multiply_onto(self, y: Tensor, x: Tensor, weight: Tensor) -> Tensor:
    if ops.prim.is_mkldnn(weight):
        z = ops.mkldnn._linear_pointwise(x, y, weight, None, "add")
    else:
        z = torch.addmm(y, x, weight)
    return z

# Measured with two threads of an AMD EPYC: blocks gain from one megabyte on, or from a million products.
def gains(self, weight: Tensor, rows: int) -> bool:
    elements = torch.numel(weight)
    return torch.__or__(torch.ge(elements, 262144), torch.gt(rows * elements, 1048576))

# weight (O, I) -> blocked, or (I, O).
def arranged(self, weight: Tensor, rows: int) -> Tensor:
    if self.gains(weight, rows):
        w = ops.mkldnn._reorder_linear_weight(weight)
    else:
        w = torch.contiguous(torch.t(weight))
    return w

# What `fold` made for fewer rows: blocks some more.
def rearranged(self, folded: List[Tensor], rows: int) -> List[Tensor]:
    result = [folded[0]]
    for i in range(1, torch.len(folded)):
        w = folded[i]
        if torch.__and__(torch.__not__(ops.prim.is_mkldnn(w)), torch.eq(torch.dim(w), 2)):
            w = self.arranged(torch.contiguous(torch.t(w)), rows)
        torch.append(result, w)
    return result
