# As products.py's, in plain products: for the few queries of a step, flash attention costs three times as
# much. q (A, K, G, d), k and v (A, K, T, d), mask (A, 1, 1, T) if anything is hidden -> (A, K, G, d).
def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
    A = torch.size(q, 0)
    K = torch.size(q, 1)
    d = torch.size(q, 3)
    T = torch.size(k, 2)
    q_rows = torch.reshape(q, [A * K, -1, d])
    k_columns = torch.transpose(torch.view(k, [A * K, T, d]), 1, 2)
    s = torch.bmm(torch.mul(q_rows, float(d) ** -0.5), k_columns)  # (A*K, G, T)
    if torch.__isnot__(mask, None):
        by_row = torch.view(s, [A, K, -1, T])
        by_row = torch.add_(by_row, unchecked_cast(Tensor, mask))
    a = torch.bmm(torch.softmax(s, -1), torch.view(v, [A * K, T, d]))
    return torch.view(a, [A, K, -1, d])
