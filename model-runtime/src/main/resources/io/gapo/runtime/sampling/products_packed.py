# products_plain.py with some matrices in oneDNN's blocked layout: those that are multiplied faster so, by
# up to ten times, although oneDNN's calls cost more. The others are (I, O), and lie so in memory for few rows.

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
def kept(self, weight: Tensor) -> Tensor:
    w = weight
    if torch.ge(torch.numel(weight), 262144):
        w = ops.mkldnn._reorder_linear_weight(weight)
    return w

def arrange(self, folded: List[Tensor], rows: int) -> List[Tensor]:
    arranged = [folded[0]]
    for i in range(1, torch.len(folded)):
        w = folded[i]
        if torch.__and__(torch.__not__(ops.prim.is_mkldnn(w)), torch.eq(torch.dim(w), 2)):
            if torch.gt(rows * torch.numel(w), 1048576):
                w = ops.mkldnn._reorder_linear_weight(w)
            elif torch.lt(rows, 8):
                w = torch.contiguous(torch.t(w))
            else:
                w = torch.t(w)
        torch.append(arranged, w)
    return arranged
