package io.gapo.core.lineage;

import io.gapo.core.policy.PolicyVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a checkpoint holds beside tensors.
 *
 * @param epoch of the optimizer that wrote it
 * @param lineage of this version; empty for the initial policy
 * @param recentRolloutIds of the rollouts trained on or refused lately, oldest first: none is
 *     trained on again
 * @param inputOffsets next offset to read of each input topic partition, as {@code topic-partition}
 */
public record CheckpointState(
    PolicyVersion version,
    long epoch,
    Optional<VersionLineage> lineage,
    List<String> recentRolloutIds,
    Map<String, Long> inputOffsets) {

  public CheckpointState {
    recentRolloutIds = List.copyOf(recentRolloutIds);
    inputOffsets = Map.copyOf(inputOffsets);
  }
}
