package io.gapo.core.port;

import io.gapo.core.rollout.MissingScore;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Some rollouts of a batch cannot be scored, however often one tries. The model itself is well, and
 * the batch's other rollouts can be scored without these.
 */
public final class UnscorableRolloutsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final TreeMap<String, String> reasons;

  /**
   * @param objective that they have no score for
   * @param reasons why, for whoever set up the objective, by the rollout's id; at least one
   */
  public UnscorableRolloutsException(String objective, Map<String, String> reasons) {
    super(message(objective, reasons));
    this.reasons = new TreeMap<>(reasons);
    this.reasons.replaceAll((id, reason) -> MissingScore.explanation(objective, reason));
  }

  private static String message(String objective, Map<String, String> reasons) {
    if (reasons.isEmpty()) {
      throw new IllegalArgumentException("expected at least one rollout that cannot be scored");
    }
    Map.Entry<String, String> first = new TreeMap<>(reasons).firstEntry();
    return "objective '%s' cannot score %s rollouts, first %s: %s"
        .formatted(objective, reasons.size(), first.getKey(), first.getValue());
  }

  /** Why this rollout cannot be scored, if it is one of those. */
  public Optional<String> reason(String rolloutId) {
    return Optional.ofNullable(reasons.get(rolloutId));
  }
}
