# A new stream of the device that the tensor is on becomes this thread's.
def own_stream(self, device: Tensor) -> Tensor:
    stream = __torch__.torch.classes.cuda.Stream.__new__(__torch__.torch.classes.cuda.Stream)
    _0 = (stream).__init__(ops.prim.device(device), 0)
    ops.cuda.set_stream(stream)
    return device

# Waits for all that this thread's stream was given.
def synchronize(self, device: Tensor) -> Tensor:
    stream = ops.cuda.current_stream(ops.prim.device(device))
    _0 = (stream).synchronize()
    return device
