package io.gapo.core.rollout;

/**
 * One objective has no score for one rollout, and never will.
 *
 * @param rolloutDigest of the sampling that was looked at
 * @param reason for whoever set up the objective
 */
public record MissingScore(String rolloutId, String rolloutDigest, String objective, String reason)
    implements ScoreRecord {

  /** Why the rollout will not be trained on. */
  public String explanation() {
    return explanation(objective, reason);
  }

  /** Why a rollout that this objective cannot score will not be trained on. */
  public static String explanation(String objective, String reason) {
    return "objective '%s' cannot score it: %s".formatted(objective, reason);
  }
}
