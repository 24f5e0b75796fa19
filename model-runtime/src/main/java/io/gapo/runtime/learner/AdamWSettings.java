package io.gapo.runtime.learner;

import io.gapo.core.settings.Bounds;

/**
 * AdamW (Loshchilov and Hutter, ICLR 2019) with a clip of the gradient's norm.
 *
 * @param beta1 decay of the gradients' mean a step
 * @param beta2 decay of the squared gradients' mean a step
 * @param epsilon added to the denominator
 * @param weightDecay of matrices, as a share of the learning rate; vectors do not decay
 * @param maxGradientNorm longer gradients are scaled down to this length
 */
public record AdamWSettings(
    double beta1, double beta2, double epsilon, double weightDecay, double maxGradientNorm) {

  /** What Safe RLHF trains with, without weight decay. */
  public static final AdamWSettings DEFAULT = new AdamWSettings(0.9, 0.95, 1e-8, 0, 1);

  public AdamWSettings {
    Bounds.require(
        beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1,
        "betas",
        "two numbers from 0 to below 1",
        "[%s, %s]".formatted(beta1, beta2));
    Bounds.positive("epsilon", epsilon);
    Bounds.notNegative("weight-decay", weightDecay);
    Bounds.positive("max-gradient-norm", maxGradientNorm);
  }
}
