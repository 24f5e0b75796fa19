package io.gapo.runtime.llama;

import io.gapo.runtime.torch.TensorList;

/**
 * Where a pass backward adds the gradients that it finds.
 *
 * @param parameters what is differentiated by: leaves that require gradients
 * @param sums one tensor for each of them, in single precision
 * @param lossScale what the loss is multiplied by on the way back; the sums are not
 */
public record GradientSums(TensorList parameters, TensorList sums, double lossScale) {}
