# PPO on the response tokens of a micro-batch.
#
# B sequences, T tokens each, D hidden size, V vocabulary, M objectives, N response tokens of all
# sequences together. positions (N): where in the flattened (B*T) the model predicts each of them.

# hidden (B, T, D), head (V, D), targets (N) ->
#   states (N, D), distribution (N, V) as log-probabilities, log_probs (N) of the targets.
def predict(self, hidden: Tensor, head: Tensor, positions: Tensor, targets: Tensor, temperature: float) -> Tuple[Tensor, Tensor, Tensor]:
    states = torch.index_select(torch.reshape(hidden, [-1, torch.size(hidden, 2)]), 0, positions)
    logits = torch.to(torch.linear(states, head), 6) / temperature  # (N, V)
    distribution = torch.log_softmax(logits, -1)
    log_probs = torch.squeeze(torch.gather(distribution, 1, torch.unsqueeze(targets, 1)), 1)
    return states, distribution, log_probs

# Sum over tokens of the distribution's entropy in nats, a scalar.
def entropy(self, distribution: Tensor) -> Tensor:
    d = torch.detach(distribution)
    return -torch.sum(torch.mul_(torch.exp(d), d))

# weights M * (1, D), biases M * (1) -> (M, N). No gradient reaches the states.
def values(self, states: Tensor, weights: List[Tensor], biases: List[Tensor]) -> Tensor:
    return torch.t(torch.linear(torch.to(torch.detach(states), 6), torch.cat(weights, 0), torch.cat(biases, 0)))

# log_probs, behavior, shares (N), advantages (M, N) -> losses (M), ratios (N). A token counts by its
# share: the mean over sequences of the means over their tokens.
def surrogates(self, log_probs: Tensor, behavior: Tensor, advantages: Tensor, shares: Tensor, clip: float) -> Tuple[Tensor, Tensor]:
    ratios = torch.exp(log_probs - behavior)
    clipped = torch.clamp(ratios, 1.0 - clip, 1.0 + clip)
    surrogate = torch.minimum(ratios * advantages, clipped * advantages)  # (M, N)
    return -torch.sum(surrogate * shares, [1]), torch.detach(ratios)

# d losses[m] / d log_probs[t], shape (M, N). The graph is kept.
def coefficients(self, losses: Tensor, log_probs: Tensor) -> Tensor:
    rows = annotate(List[Tensor], [])
    for m in range(torch.size(losses, 0)):
        row = torch.autograd.grad([torch.select(losses, 0, m)], [log_probs], None, True, False, False)[0]
        torch.append(rows, unchecked_cast(Tensor, row))
    return torch.stack(rows)

# values, old, targets (M, N), shares (N) -> (M): half the greater of the squared errors with and
# without clipping the value's change.
def value_losses(self, values: Tensor, old: Tensor, targets: Tensor, shares: Tensor, clip: float) -> Tensor:
    near = old + torch.clamp(values - old, -clip, clip)
    error = torch.maximum((values - targets) * (values - targets), (near - targets) * (near - targets))
    return 0.5 * torch.sum(error * shares, [1])

# One objective's loss, a scalar.
def objective_loss(self, losses: Tensor, objective: int) -> Tensor:
    return torch.select(losses, 0, objective)

# The loss of the step's one backward pass, a scalar. The divergence is Schulman's k3 estimate of
# KL(policy || reference), a token.
def update_loss(self, losses: Tensor, weights: Tensor, log_probs: Tensor, reference: Tensor, kl_share: float, value_losses: Tensor) -> Tensor:
    total = torch.sum(losses * weights) + torch.sum(value_losses)
    if kl_share != 0.0:
        log_ratio = reference - log_probs
        total = total + kl_share * torch.sum(torch.exp(log_ratio) - log_ratio - 1.0)
    return total

# distribution (N, V), targets (N) -> probabilities, less 1 at the target (N, V): minus the derivative
# of each target's log-probability by the scaled logits.
def errors(self, distribution: Tensor, targets: Tensor) -> Tensor:
    at = torch.unsqueeze(targets, 1)  # (N, 1)
    return torch.scatter_add_(torch.exp(distribution), 1, at, -torch.ones_like(at, dtype=6))

# Adds this micro-batch's d loss[m] / d head to sums (M, V, D): the states enter the logits linearly,
# so it is the outer product of d loss / d logits with them.
def add_head_gradients(self, sums: Tensor, coefficients: Tensor, states: Tensor, distribution: Tensor, targets: Tensor, temperature: float) -> Tensor:
    h = torch.to(states, 6)
    u = self.errors(distribution, targets)  # (N, V)
    for m in range(torch.size(coefficients, 0)):
        c = torch.unsqueeze(torch.select(coefficients, 0, m), 1) / -temperature  # (N, 1)
        torch.addmm_(torch.select(sums, 0, m), torch.t(u), c * h)
    return sums

# gradients (M, P) -> inner products (M, M) in float64, in slices that keep the widened copy small.
def inner_products(self, gradients: Tensor) -> Tensor:
    M = torch.size(gradients, 0)
    P = torch.size(gradients, 1)
    products = torch.zeros([M, M], dtype=7, device=gradients.device)
    step = 4194304
    for i in range((P + step - 1) // step):
        part = torch.to(torch.slice(gradients, 1, i * step, (i + 1) * step), 7)
        products = products + torch.matmul(part, torch.t(part))
    return products

# Inner products (M, M) of the head gradients in float64 without the gradients: with u = probs - onehot,
# d loss[m] / d head = -sum_t c[m, t] u[t] (x) h[t], so the products are c ((U U') o (H H')) c'.
def token_kernel(self, coefficients: Tensor, states: Tensor, distribution: Tensor, targets: Tensor, temperature: float) -> Tensor:
    h = torch.to(states, 6)
    u = self.errors(distribution, targets)  # (N, V)
    kernel = torch.to(torch.matmul(u, torch.t(u)) * torch.matmul(h, torch.t(h)), 7)  # (N, N)
    c = torch.to(coefficients, 7) / temperature
    return torch.matmul(torch.matmul(c, kernel), torch.t(c))

# gradients (M, P) -> their CountSketches (M, k) in float64, as core's CountSketch has them: the same
# SplitMix64. Right shifts keep the sign here, so the mask after each drops the copies of it.
def count_sketch(self, gradients: Tensor, width: int, seed: int) -> Tensor:
    M = torch.size(gradients, 0)
    P = torch.size(gradients, 1)
    sketch = torch.zeros([M, width], dtype=7, device=gradients.device)
    step = 1048576
    for i in range((P + step - 1) // step):
        part = torch.to(torch.slice(gradients, 1, i * step, (i + 1) * step), 7)
        begin = i * step
        index = torch.arange(begin, begin + torch.size(part, 1), dtype=4, device=gradients.device)
        z = (index + 1) * -7046029254386353131 + seed
        z = torch.bitwise_xor(z, torch.bitwise_and(torch.bitwise_right_shift(z, 30), 17179869183)) * -4658895280553007687
        z = torch.bitwise_xor(z, torch.bitwise_and(torch.bitwise_right_shift(z, 27), 137438953471)) * -7723592293110705685
        z = torch.bitwise_xor(z, torch.bitwise_and(torch.bitwise_right_shift(z, 31), 8589934591))
        sign = 1 - 2 * torch.bitwise_and(torch.bitwise_right_shift(z, 40), 1)
        torch.index_add_(sketch, 1, torch.bitwise_and(z, width - 1), part * sign)
    return sketch
