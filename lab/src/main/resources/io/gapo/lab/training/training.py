# B sequences, T tokens each, D hidden size, V vocabulary, N chosen positions in the flattened (B*T).

# hidden (B, T, D), positions (N) -> (N, D).
def rows(self, hidden: Tensor, positions: Tensor) -> Tensor:
    return torch.index_select(torch.reshape(hidden, [-1, torch.size(hidden, 2)]), 0, positions)

# head (V, D), targets (N): the token after each position -> negative log-likelihoods, (N).
def next_token_losses(self, hidden: Tensor, head: Tensor, positions: Tensor, targets: Tensor) -> Tensor:
    logits = torch.to(torch.linear(self.rows(hidden, positions), head), 6)  # (N, V)
    return torch.cross_entropy_loss(logits, targets, reduction=0)

# Their mean, a scalar, times the share of its batch that a micro-batch is.
def next_token_loss(self, hidden: Tensor, head: Tensor, positions: Tensor, targets: Tensor, share: float) -> Tensor:
    logits = torch.to(torch.linear(self.rows(hidden, positions), head), 6)  # (N, V)
    return torch.cross_entropy_loss(logits, targets) * share

# weight (1, D), bias (1), positions of the last tokens -> (N).
def scores(self, hidden: Tensor, positions: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.squeeze(torch.linear(torch.to(self.rows(hidden, positions), 6), weight, bias), 1)

# scores (2P): of the responses that should score higher in their pairs, then of the others.
# signs (2P): +1 or -1 where the score's sign is known, 0 where it is not.
# Mean over pairs of -log s(higher - lower) - log s(sign * score) for either + weight * mean score^2, times
# the share of its batch that a micro-batch is.
def pair_loss(self, scores: Tensor, signs: Tensor, regularization: float, share: float) -> Tensor:
    higher, lower, = torch.chunk(scores, 2, 0)
    ranking = -torch.mean(torch.log_sigmoid(higher - lower))
    sign = -torch.sum(torch.log_sigmoid(signs * scores) * torch.abs(signs)) / torch.size(higher, 0)
    return (ranking + sign + regularization * torch.mean(scores * scores)) * share

# Adds d loss / d parameter to sums, one a parameter; returns the loss.
def add_gradients(self, loss: Tensor, parameters: List[Tensor], sums: List[Tensor]) -> Tensor:
    found = torch.autograd.grad([loss], parameters, None, False, False, True)
    self.add_found(found, 0, sums, 1.0)
    return loss

# The same for what is between hidden, a leaf, and the loss; returns the loss and d loss / d hidden.
def add_head_gradients(self, loss: Tensor, hidden: Tensor, parameters: List[Tensor], sums: List[Tensor]) -> List[Tensor]:
    found = torch.autograd.grad([loss], torch.add([hidden], parameters), None, False, False, True)
    self.add_found(found, 1, sums, 1.0)
    return annotate(List[Tensor], [loss, unchecked_cast(Tensor, found[0])])
