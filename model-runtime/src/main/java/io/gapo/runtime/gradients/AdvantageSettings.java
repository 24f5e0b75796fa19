package io.gapo.runtime.gradients;

import io.gapo.core.ppo.AdvantageCombination;
import io.gapo.core.ppo.GeneralizedAdvantage;
import java.util.Optional;

/**
 * How much better than expected a token was.
 *
 * @param gae how advantages are estimated against value heads
 * @param whitened whether each objective's advantages are scaled to mean 0 and deviation 1
 * @param combination how the objectives' scores become the one advantage that the update follows;
 *     empty where the update follows each objective's own. It normalises itself, within prompts
 */
public record AdvantageSettings(
    AdvantageKind kind,
    GeneralizedAdvantage gae,
    boolean whitened,
    Optional<AdvantageCombination> combination) {

  public AdvantageSettings {
    if (combination.isPresent() && (kind != AdvantageKind.GROUP_RELATIVE || whitened)) {
      throw new IllegalArgumentException(
          "one advantage of all objectives' scores is group-relative and not whitened, was "
              + kind
              + (whitened ? ", whitened" : ""));
    }
  }

  /** Settings of an update that follows each objective's own advantages. */
  public AdvantageSettings(AdvantageKind kind, GeneralizedAdvantage gae, boolean whitened) {
    this(kind, gae, whitened, Optional.empty());
  }
}
