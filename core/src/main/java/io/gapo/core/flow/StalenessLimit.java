package io.gapo.core.flow;

import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.settings.Bounds;
import java.util.Arrays;

/**
 * How many policy versions may lie between sampling a rollout and training on it.
 *
 * @param versions 0 is strictly on-policy
 */
public record StalenessLimit(int versions) {

  public StalenessLimit {
    Bounds.atLeast("max-staleness", versions, 0);
  }

  /** Whether a rollout with a token of version {@code oldest} may still improve {@code current}. */
  public boolean accepts(PolicyVersion oldest, PolicyVersion current) {
    return current.number() - oldest.number() <= versions;
  }

  /** Versions between the oldest policy that produced one of its tokens and {@code current}. */
  public static long staleness(Rollout rollout, PolicyVersion current) {
    return current.number() - rollout.oldestVersion().number();
  }

  /** The same of each token; 0 for one of a version that is newer than {@code current}. */
  public static long[] tokenStaleness(Rollout rollout, PolicyVersion current) {
    return Arrays.stream(rollout.versions())
        .map(version -> Math.max(0, current.number() - version))
        .toArray();
  }
}
