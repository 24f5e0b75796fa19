package io.gapo.runtime.gradients;

import io.gapo.core.ppo.GeneralizedAdvantage;

/**
 * How much better than expected a token was.
 *
 * @param gae how advantages are estimated against value heads
 * @param whitened whether each objective's advantages are scaled to mean 0 and deviation 1
 */
public record AdvantageSettings(AdvantageKind kind, GeneralizedAdvantage gae, boolean whitened) {}
