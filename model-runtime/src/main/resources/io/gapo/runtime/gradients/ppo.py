# PPO on the response tokens of a micro-batch. The head's part of the graph is made by hand: its matrices
# (N, V) are the largest of a step, and autograd would keep and pass over several more of them.
#
# B sequences, T tokens each, D hidden size, V vocabulary, M objectives, N response tokens of all
# sequences together. positions (N): where in the flattened (B*T) the model predicts each of them.

# hidden (B, T, D) -> (N, D), what the head reads of it.
def states(self, hidden: Tensor, positions: Tensor) -> Tensor:
    return torch.index_select(torch.reshape(hidden, [-1, torch.size(hidden, 2)]), 0, positions)

# states (N, D), head (V, D), targets (N) -> log-probabilities of the targets at this temperature (N).
def log_probs(self, states: Tensor, head: Tensor, targets: Tensor, temperature: float) -> Tensor:
    return self.chosen(torch.log_softmax(self.scaled_logits(states, head, temperature), -1), targets)

# The same with what differentiation needs, which is not recorded but had from it in closed form:
#   errors (N, V): probabilities, less 1 at the target: minus the derivative of the target's
#                  log-probability by the scaled logits
#   entropy ():    in nats, summed over the tokens
# In the memory of two such matrices, of which one remains.
def predict(self, states: Tensor, head: Tensor, targets: Tensor, temperature: float) -> Tuple[Tensor, Tensor, Tensor]:
    logits = self.scaled_logits(states, head, temperature)
    distribution = torch.log_softmax(logits, -1)
    log_probs = self.chosen(distribution, targets)
    probabilities = torch.exp(distribution, out=logits)
    entropy = -torch.sum(torch.mul_(distribution, probabilities))
    at = torch.unsqueeze(targets, 1)  # (N, 1)
    errors = torch.scatter_add_(probabilities, 1, at, -torch.ones_like(at, dtype=6))
    return log_probs, errors, entropy

def scaled_logits(self, states: Tensor, head: Tensor, temperature: float) -> Tensor:
    logits = torch.to(torch.linear(states, head), 6)  # (N, V)
    if temperature != 1.0:
        logits = torch.div_(logits, temperature)
    return logits

def chosen(self, distribution: Tensor, targets: Tensor) -> Tensor:
    return torch.squeeze(torch.gather(distribution, 1, torch.unsqueeze(targets, 1)), 1)

# weights M * (1, D), biases M * (1) -> (M, N). No gradient reaches the states.
def values(self, states: Tensor, weights: List[Tensor], biases: List[Tensor]) -> Tensor:
    return torch.t(torch.linear(torch.to(torch.detach(states), 6), torch.cat(weights, 0), torch.cat(biases, 0)))

# log_probs, behavior, shares (N), advantages (M, N) -> losses (M), ratios (N). A token counts by its
# share: with means over sequences, one over the batch's sequences and over its own sequence's tokens.
def surrogates(self, log_probs: Tensor, behavior: Tensor, advantages: Tensor, shares: Tensor, clip: float) -> Tuple[Tensor, Tensor]:
    ratios = torch.exp(log_probs - behavior)
    clipped = torch.clamp(ratios, 1.0 - clip, 1.0 + clip)
    surrogate = torch.minimum(ratios * advantages, clipped * advantages)  # (M, N)
    return -torch.sum(surrogate * shares, [1]), torch.detach(ratios)

# The same where each token counts by a constant weight (N), all objectives' alike, in place of its clipped
# ratio: d losses[m] / d log_probs[t] = -shares[t] * weights[t] * advantages[m, t]. As a number a loss is
# that of the weights as ratios.
def weighted_surrogates(self, log_probs: Tensor, behavior: Tensor, advantages: Tensor, shares: Tensor, weights: Tensor) -> Tuple[Tensor, Tensor]:
    fixed = torch.detach(log_probs)
    ones = log_probs - fixed + 1.0
    losses = -torch.sum(ones * advantages * weights * shares, [1])
    return losses, torch.exp(fixed - behavior)

# log_probs, behavior, shares (N) -> ().
def squared_log_ratios(self, log_probs: Tensor, behavior: Tensor, shares: Tensor) -> Tensor:
    log_ratio = log_probs - behavior
    return torch.sum(log_ratio * log_ratio * shares)

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

# losses (M) -> (), the share of their sum.
def shared(self, losses: Tensor, share: float) -> Tensor:
    return torch.sum(losses) * share

# The derivative (N) of the step's loss by the log-probabilities, the value losses' part of it aside. The
# divergence's part is, by k1_share, the log-ratio of policy to reference: that of half its square, whose mean
# over tokens that the policy sampled has the gradient of KL(policy || reference), which is what a step
# reports. The derivative of Schulman's k3, by k3_share, has that of KL(reference || policy), by a ratio that
# has no bound. `others` are scalars that are added.
def update_coefficients(self, losses: Tensor, weights: Tensor, log_probs: Tensor, reference: Tensor, k1_share: float, k3_share: float, others: List[Tensor]) -> Tensor:
    total = torch.sum(losses * weights)
    if k1_share != 0.0:
        log_ratio = log_probs - reference
        total = total + 0.5 * k1_share * torch.sum(log_ratio * log_ratio)
    if k3_share != 0.0:
        total = total + k3_share * torch.sum(torch.exp(reference - log_probs) + log_probs)
    for i in range(torch.len(others)):
        total = total + others[i]
    return unchecked_cast(Tensor, torch.autograd.grad([total], [log_probs], None, False, False, False)[0])

# Gradients of sum_t coefficients[t] * log_probs[t] + sum(others) by the parameters, zeros where it does not
# depend on one. `place` is the head's among them, -1 if it is not. Through the head in closed form:
#   d loss / d logits = -coefficients o errors / temperature
# and from its input, states (N, D), on by the graph, which is kept, errors included, unless this is its end.
def backward(self, states: Tensor, errors: Tensor, coefficients: Tensor, head: Tensor, temperature: float, others: List[Tensor], parameters: List[Tensor], place: int, end: bool) -> List[Tensor]:
    frozen = torch.detach(head)
    c = torch.unsqueeze(coefficients, 1) / -temperature  # (N, 1)
    scale = self.loss_scale(c, frozen)
    by_logits = self.scaled_errors(errors, c * scale, frozen, end)
    outputs = torch.add([states], others)
    begins = annotate(List[Optional[Tensor]], [torch.mm(by_logits, frozen)])
    for i in range(torch.len(others)):
        torch.append(begins, torch.full_like(others[i], scale))
    found = torch.autograd.grad(outputs, parameters, begins, torch.__not__(end), False, True)
    result = annotate(List[Tensor], [])
    for i in range(torch.len(parameters)):
        gradient = found[i]
        if i != place:
            known = self.or_zeros(gradient, parameters[i])
        elif torch.__isnot__(gradient, None):
            # Tied to the embedding, whose gradient this is so far.
            known = torch.addmm_(unchecked_cast(Tensor, gradient), torch.t(by_logits), torch.detach(states))
        else:
            known = torch.mm(torch.t(by_logits), torch.detach(states))
        torch.append(result, self.unscaled(known, scale))
        found[i] = None  # Where it was scaled, the result is another one.
    return result

# The derivative by the logits (N, V) in the head's precision. At the end it overwrites the errors.
def scaled_errors(self, errors: Tensor, c: Tensor, head: Tensor, end: bool) -> Tensor:
    if end:
        by_logits = torch.mul_(errors, c)
    else:
        by_logits = errors * c
    return torch.to(by_logits, ops.prim.dtype(head))

# The same way back as far as the model's last norm, for a model that is differentiated layer by layer:
# adds the head's gradient to sums[place], and returns the derivative by `hidden` (B, T, D) and what both
# were scaled by on the way.
def begin_backward(self, states: Tensor, errors: Tensor, coefficients: Tensor, head: Tensor, temperature: float, positions: Tensor, hidden: Tensor, sums: List[Tensor], place: int, end: bool) -> Tuple[Tensor, Tensor]:
    frozen = torch.detach(head)
    c = torch.unsqueeze(coefficients, 1) / -temperature  # (N, 1)
    scale = self.loss_scale(c, frozen)
    by_logits = self.scaled_errors(errors, c * scale, frozen, end)
    if place >= 0:
        torch.add_(sums[place], torch.to(torch.mm(torch.t(by_logits), torch.detach(states)), 6), alpha=1.0 / scale)
    rows = torch.reshape(torch.zeros_like(torch.detach(hidden)), [-1, torch.size(hidden, 2)])
    rows = torch.index_add_(rows, 0, positions, torch.mm(by_logits, frozen))
    by_hidden = torch.reshape(rows, [torch.size(hidden, 0), torch.size(hidden, 1), torch.size(hidden, 2)])
    return by_hidden, torch.scalar_tensor(scale, dtype=7)

# Adds the gradients of the losses' sum.
def add_gradients(self, losses: List[Tensor], parameters: List[Tensor], sums: List[Tensor]) -> Tensor:
    found = torch.autograd.grad(losses, parameters, None, False, False, True)
    self.add_found(found, 0, sums, 1.0)
    return losses[0]

# What float16 has the loss multiplied by on the way back (Micikevicius et al. 2018), since it has nothing
# below 6e-8: a power of two, so that nothing is rounded. It brings the sum of what the errors are multiplied
# by, c (N, 1), to 64 at most, so that a sum over all tokens stays below 65504 where a state is below a
# thousand. Other precisions have an exponent that is wide enough.
def loss_scale(self, c: Tensor, head: Tensor) -> float:
    scale = 1.0
    if ops.prim.dtype(head) == 5:
        power = torch.ceil(torch.log2(torch.sum(torch.abs(c))))
        scale = 2.0 ** (6.0 - float(torch.clamp(power, -90.0, 90.0)))
    return scale

# In single precision where it was scaled.
def unscaled(self, gradient: Tensor, scale: float) -> Tensor:
    plain = gradient
    if scale != 1.0:
        plain = torch.to(gradient, 6) / scale
    return plain

# Adds this micro-batch's d loss[m] / d head to sums (M, V, D).
def add_head_gradients(self, sums: Tensor, coefficients: Tensor, states: Tensor, errors: Tensor, temperature: float) -> Tensor:
    h = torch.to(states, 6)
    for m in range(torch.size(coefficients, 0)):
        c = torch.unsqueeze(torch.select(coefficients, 0, m), 1) / -temperature  # (N, 1)
        torch.addmm_(torch.select(sums, 0, m), torch.t(errors), c * h)
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

# Inner products (M, M) of the head gradients in float64 without the gradients: with u the errors,
# d loss[m] / d head = -sum_t c[m, t] u[t] (x) h[t], so the products are c ((U U') o (H H')) c'. The matrix
# between is symmetric: a part of its rows at a time, from the diagonal on.
def token_kernel(self, coefficients: Tensor, states: Tensor, errors: Tensor, temperature: float) -> Tensor:
    h = torch.to(states, 6)
    c = torch.to(coefficients, 7) / temperature
    M = torch.size(c, 0)
    N = torch.size(c, 1)
    products = torch.new_zeros(c, [M, M])
    step = (N + 5) // 6
    for i in range((N + step - 1) // step):
        begin = i * step
        end = begin + step
        u_here = torch.slice(errors, 0, begin, end)
        h_here = torch.slice(h, 0, begin, end)
        kernel = torch.matmul(u_here, torch.t(torch.slice(errors, 0, begin))) * torch.matmul(h_here, torch.t(torch.slice(h, 0, begin)))
        c_here = torch.slice(c, 1, begin, end)
        rows = torch.matmul(c_here, torch.to(kernel, 7))  # (M, N - begin)
        square = torch.matmul(torch.slice(rows, 1, 0, step), torch.t(c_here))
        beside = torch.matmul(torch.slice(rows, 1, step), torch.t(torch.slice(c, 1, end)))
        products = products + square + beside + torch.t(beside)
    return products

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
