package io.gapo.core.lineage;

/**
 * What one optimizer step did.
 *
 * @param gradientNorm global norm before clipping
 * @param learningRate of the step
 */
public record AppliedUpdate(double gradientNorm, double learningRate) {}
