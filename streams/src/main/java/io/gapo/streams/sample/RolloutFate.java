package io.gapo.streams.sample;

import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import java.util.Locale;

/**
 * What became of a rollout.
 *
 * @param kind {@code trained}, {@code stale}, {@code quarantined}, {@code refused} or {@code
 *     waiting}
 * @param version that was made of it, or was being improved when it was settled; 0 while it waits
 * @param reason why it was not trained on; may be empty
 * @param sameSampling false if another sampling of the same id met this fate, which settles the id
 */
public record RolloutFate(String kind, long version, String reason, boolean sameSampling) {

  /** That of a rollout which the lineage does not name yet. */
  public static final String WAITING = "waiting";

  /** That of a rollout which a version was made of. */
  public static final String TRAINED = "trained";

  static final RolloutFate NONE_YET = new RolloutFate(WAITING, 0, "", true);

  static RolloutFate of(LineageRecord record, boolean sameSampling) {
    if (record instanceof VersionLineage made) {
      return new RolloutFate(TRAINED, made.version().number(), "", sameSampling);
    }
    Settlement settled = (Settlement) record;
    return new RolloutFate(
        settled.fate().name().toLowerCase(Locale.ROOT),
        settled.version(),
        settled.reason(),
        sameSampling);
  }

  /** A version that was made of the rollout outweighs its settlement; see {@link Settlement}. */
  boolean outweighs(RolloutFate other) {
    return kind.equals(TRAINED) && !other.kind.equals(TRAINED);
  }
}
