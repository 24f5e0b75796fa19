package io.gapo.runtime.gradients;

/** How a token's advantage is estimated. */
public enum AdvantageKind {
  /** Generalized advantage estimation against a value head per objective (Schulman et al. 2016). */
  GAE,
  /** The response's return above that of the prompt's other samples; no value heads are trained. */
  GROUP_RELATIVE
}
