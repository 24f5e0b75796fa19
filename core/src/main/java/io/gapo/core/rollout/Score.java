package io.gapo.core.rollout;

/**
 * What one objective makes of one rollout.
 *
 * @param rolloutDigest of the sampling that was scored; a score joins no other
 * @param value higher is better for every objective: harmlessness is the negated cost
 */
public record Score(String rolloutId, String rolloutDigest, String objective, double value)
    implements ScoreRecord {

  public Score {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "objective '%s' scored rollout %s as %s".formatted(objective, rolloutId, value));
    }
  }
}
