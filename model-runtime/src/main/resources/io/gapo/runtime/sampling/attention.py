# Turns and attends like products.py, with fewer operators, in single precision on the CPU.
#
# The pairs that rotary positions turn lie side by side (fold.py sees to that), as complex numbers; the
# queries' turns hold attention's factor 1/sqrt(d) too.
def turns(self, cos: Tensor, sin: Tensor, H: int, K: int) -> List[Tensor]:
    half = torch.size(cos, 1) // 2
    turn = torch.complex(torch.slice(cos, 1, half), torch.slice(sin, 1, half))
    turn = torch.unsqueeze(turn, 1)  # (N, 1, d/2)
    q = torch.expand(turn * float(2 * half) ** -0.5, [-1, H, -1])
    k = torch.expand(turn, [-1, K, -1])
    return [torch.cat([q, k, torch.ones_like(k)], 1)]  # (N, H+2K, d/2)

def turn(self, qkv: Tensor, turns: List[Tensor]) -> Tensor:
    pairs = torch.view_as_complex(torch.unflatten(qkv, -1, [-1, 2]))
    return torch.flatten(torch.view_as_real(pairs * turns[0]), -2)

# For the few queries of a step flash attention costs three times as much as two products.
def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
    A = torch.size(q, 0)
    K = torch.size(q, 1)
    d = torch.size(q, 3)
    T = torch.size(k, 2)
    k_columns = torch.transpose(torch.view(k, [A * K, T, d]), 1, 2)
    s = torch.bmm(torch.reshape(q, [A * K, -1, d]), k_columns)  # (A*K, G, T)
    if torch.__isnot__(mask, None):
        by_row = torch.view(s, [A, K, -1, T])
        by_row = torch.add_(by_row, unchecked_cast(Tensor, mask))
    a = torch.bmm(torch.softmax(s, -1), torch.view(v, [A * K, T, d]))
    return torch.view(a, [A, K, -1, d])

def attend_causally(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return self.causal_attention(q, k, v, 1.0)
