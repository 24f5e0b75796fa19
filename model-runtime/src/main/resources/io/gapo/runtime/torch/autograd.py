# d loss / d parameter for each parameter; zeros where the loss does not depend on it.
def gradients(self, loss: Tensor, parameters: List[Tensor], retain_graph: bool) -> List[Tensor]:
    result = annotate(List[Tensor], [])
    found = torch.autograd.grad([loss], parameters, None, retain_graph, False, True)
    for i in range(torch.len(parameters)):
        torch.append(result, self.or_zeros(found[i], parameters[i]))
    return result

# A gradient, zeros where nothing depends on the parameter.
def or_zeros(self, gradient: Optional[Tensor], parameter: Tensor) -> Tensor:
    if torch.__isnot__(gradient, None):
        known = unchecked_cast(Tensor, gradient)
    else:
        known = torch.zeros_like(parameter)
    return known

# Adds what was found, from `begin` on, to sums, one a parameter: divided by loss_scale, in the sums' precision.
def add_found(self, found: List[Optional[Tensor]], begin: int, sums: List[Tensor], loss_scale: float) -> int:
    for i in range(torch.len(sums)):
        gradient = found[begin + i]
        if torch.__isnot__(gradient, None):
            torch.add_(sums[i], torch.to(unchecked_cast(Tensor, gradient), 6), alpha=1.0 / loss_scale)
    return 0
