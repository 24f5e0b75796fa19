# B sequences, T tokens each, D hidden size, V vocabulary, N chosen positions in the flattened (B*T).

# hidden (B, T, D), positions (N) -> (N, D).
def rows(self, hidden: Tensor, positions: Tensor) -> Tensor:
    return torch.index_select(torch.reshape(hidden, [-1, torch.size(hidden, 2)]), 0, positions)

# head (V, D), targets (N): the token after each position -> mean negative log-likelihood, a scalar.
def next_token_loss(self, hidden: Tensor, head: Tensor, positions: Tensor, targets: Tensor) -> Tensor:
    logits = torch.to(torch.linear(self.rows(hidden, positions), head), 6)  # (N, V)
    return torch.cross_entropy_loss(logits, targets)

# weight (1, D), bias (1), positions of the last tokens -> (N).
def scores(self, hidden: Tensor, positions: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.squeeze(torch.linear(torch.to(self.rows(hidden, positions), 6), weight, bias), 1)

# scores (2P): of the responses that should score higher in their pairs, then of the others.
# signs (2P): +1 or -1 where the score's sign is known, 0 where it is not.
# Mean over pairs of -log s(higher - lower) - log s(sign * score) for either + weight * mean score^2.
def pair_loss(self, scores: Tensor, signs: Tensor, regularization: float) -> Tensor:
    higher, lower, = torch.chunk(scores, 2, 0)
    ranking = -torch.mean(torch.log_sigmoid(higher - lower))
    sign = -torch.sum(torch.log_sigmoid(signs * scores) * torch.abs(signs)) / torch.size(higher, 0)
    return ranking + sign + regularization * torch.mean(scores * scores)
