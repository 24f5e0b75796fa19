package io.gapo.core.lineage;

import io.gapo.core.policy.PolicyVersion;
import java.util.Map;
import java.util.Optional;

/**
 * What a checkpoint holds beside tensors.
 *
 * @param epoch of the optimizer that wrote it
 * @param lineage of this version; empty for the initial policy
 * @param inputOffsets next offset to read of each input topic partition, as {@code
 *     topic@topicId-partition}
 */
public record CheckpointState(
    PolicyVersion version,
    long epoch,
    Optional<VersionLineage> lineage,
    Map<String, Long> inputOffsets) {

  public CheckpointState {
    inputOffsets = Map.copyOf(inputOffsets);
  }
}
