package io.gapo.core.flow;

import io.gapo.core.policy.PolicyVersion;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What was learned from each version that counts, as far back as an optimizer could fall.
 *
 * @param <T> what is known after a version
 */
final class LearnedByVersion<T> {

  /** More than an optimizer that lost checkpoints could fall back by. */
  private static final int VERSIONS_KEPT = 100;

  private final TreeMap<PolicyVersion, T> learned = new TreeMap<>();

  /** Replaces what was learned of this version and of later ones. */
  void put(PolicyVersion version, T after) {
    learned.tailMap(version).clear();
    learned.put(version, after);
    if (learned.size() > VERSIONS_KEPT) {
      learned.pollFirstEntry();
    }
  }

  /** What is known of the versions before this one; empty if nothing is. */
  Optional<T> before(PolicyVersion version) {
    return Optional.ofNullable(learned.lowerEntry(version)).map(Map.Entry::getValue);
  }
}
