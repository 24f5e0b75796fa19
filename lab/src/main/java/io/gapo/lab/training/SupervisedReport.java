package io.gapo.lab.training;

/**
 * How well a policy predicts demonstrations that it was not trained on.
 *
 * @param heldOutLoss mean negative log-likelihood, nats a response token
 * @param heldOutTokens response tokens that it was measured on
 */
public record SupervisedReport(double heldOutLoss, long heldOutTokens) {}
