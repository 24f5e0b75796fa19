package io.gapo.runtime.llama;

import io.gapo.runtime.torch.TensorList;

/**
 * What is added to a model's projections: {@code scale · B(A x)}, without touching their weights.
 *
 * @param factors {@code L * [A (r, I), B (O, r) of q, k, v, o, gate, up, down]}, of no elements
 *     where nothing is added; or empty
 */
public record LowRankTerms(TensorList factors, double scale) {}
