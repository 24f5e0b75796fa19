package io.gapo.core.flow;

import io.gapo.core.combine.MethodMemory;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.step.StepId;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says which version a gradient collector may measure batches for.
 *
 * <p>Versions and their lineage come over two topics, in no fixed order. A batch may be measured
 * only when the version that it improves has been adopted, when the lineage has been read up to
 * that very version, so that no rollout is used which it was made from, and when the lineage does
 * not already tell of a newer one.
 */
public final class VersionGate {

  /** The combiner's, by the version that it is part of, from the adopted one on. */
  private final TreeMap<PolicyVersion, MethodMemory> memories = new TreeMap<>();

  private @Nullable PolicySnapshot adopted;
  private @Nullable VersionLineage newest;
  private boolean historyRead;
  private int attempts;

  /** The newest snapshot. */
  public Optional<PolicySnapshot> adopted() {
    return Optional.ofNullable(adopted);
  }

  /** Whether this snapshot is newer than the one adopted. */
  public boolean isNews(PolicySnapshot snapshot) {
    return adopted == null || snapshot.supersedes(adopted);
  }

  /** This snapshot is in use from now on. */
  public void adopt(PolicySnapshot snapshot) {
    if (adopted == null || !adopted.version().equals(snapshot.version())) {
      attempts = 0;
    }
    adopted = snapshot;
    memories.headMap(snapshot.version()).clear();
  }

  /**
   * The lineage's next record.
   *
   * @return false if it is of an optimizer that was replaced before it made this version: then it
   *     does not count
   */
  public boolean read(VersionLineage lineage) {
    if (adopted != null && isBeyond(lineage, adopted) && lineage.epoch() < adopted.epoch()) {
      return false;
    }
    newest = lineage;
    memories.put(lineage.version(), lineage.direction().combination().memory());
    return true;
  }

  /** The lineage written before this process started has been read. */
  public void historyRead() {
    historyRead = true;
  }

  /** Whether a batch may be measured now. */
  public boolean isOpen() {
    if (!historyRead || adopted == null) {
      return false;
    }
    if (newest == null) {
      return adopted.version().equals(PolicyVersion.INITIAL);
    }
    boolean isOutdated = isBeyond(newest, adopted) && newest.epoch() >= adopted.epoch();
    return newest.version().compareTo(adopted.version()) >= 0 && !isOutdated;
  }

  /** What the combiner remembered when the adopted version was made; empty for the initial one. */
  public MethodMemory combinerMemory() {
    return adopted == null
        ? MethodMemory.NONE
        : memories.getOrDefault(adopted.version(), MethodMemory.NONE);
  }

  /** Names the next attempt to improve the adopted version. */
  public StepId nextStep(String collector) {
    if (adopted == null) {
      throw new IllegalStateException("no policy version has been adopted");
    }
    return new StepId(adopted.version(), attempts++, collector);
  }

  private static boolean isBeyond(VersionLineage lineage, PolicySnapshot snapshot) {
    return lineage.version().compareTo(snapshot.version()) > 0;
  }
}
