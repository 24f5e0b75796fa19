# Copies each source into the target of the same place, converting element types.
def copy_into(self, targets: List[Tensor], sources: List[Tensor]) -> Tensor:
    torch._foreach_copy_(targets, sources)
    return targets[0]

# dtype as c10::ScalarType counts: 5 float16, 6 float32, 15 bfloat16.
def to_type(self, x: Tensor, dtype: int) -> Tensor:
    return torch.to(x, dtype)

# (N, *) -> (end - begin, *), sharing memory.
def rows(self, x: Tensor, begin: int, end: int) -> Tensor:
    return torch.detach(torch.slice(x, 0, begin, end))

# Zeros of this shape and dtype, where the tensor is.
def zeros(self, device: Tensor, shape: List[int], dtype: int) -> Tensor:
    return torch.new_zeros(device, shape, dtype=dtype)

# Writes elements of a dtype, given as bytes (N) uint8, into a contiguous target of any dtype, from its
# element `first` on.
def load_bytes(self, target: Tensor, bytes: Tensor, first: int, dtype: int) -> Tensor:
    source = torch.view_copy(bytes, dtype=dtype)  # scripts do not know view by dtype
    flat = torch.view(target, [-1])
    return torch.copy_(torch.slice(flat, 0, first, first + torch.size(source, 0)), source)
