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

# Floats of the host's memory, (N) float32; page-locked if told so, which takes a GPU.
def staging(self, floats: int, locked: int) -> Tensor:
    return torch.zeros([floats], dtype=6, layout=0, device=torch.device("cpu"), pin_memory=torch.eq(locked, 1))

# The first floats of the stage into a contiguous target of any dtype, from its element `first` on. The
# device converts: converting here would lose the locked pages.
def from_stage(self, target: Tensor, stage: Tensor, first: int, floats: int) -> Tensor:
    into = torch.slice(torch.view(target, [-1]), 0, first, first + floats)
    there = torch.new_empty(target, [floats], dtype=6)
    return torch.copy_(into, torch.copy_(there, torch.slice(stage, 0, 0, floats)))

# Elements of a float32 source, from `first` on, into the stage.
def to_stage(self, source: Tensor, stage: Tensor, first: int, floats: int) -> Tensor:
    part = torch.slice(torch.reshape(source, [-1]), 0, first, first + floats)
    return torch.copy_(torch.slice(stage, 0, 0, floats), part)
