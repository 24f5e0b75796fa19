package io.gapo.streams.history;

import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.TopicReader;
import io.gapo.streams.kafka.TopicReader.Range;
import io.gapo.streams.topic.RecordCoordinates;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a checkpoint and the topics belong together: those that its versions were announced in.
 *
 * <p>With other topics, as those of a new broker, training would continue from a version that
 * nobody else knows, and the versions before it would be missing from the lineage for good.
 */
public final class CheckpointLineage {

  private final CheckpointState checkpoint;
  private long newestVersion;
  private long newestEpoch;
  private boolean knowsItsVersion;
  private boolean knowsAnotherOfItsNumber;

  /**
   * @param checkpoint that training is to resume from
   */
  CheckpointLineage(CheckpointState checkpoint) {
    this.checkpoint = checkpoint;
  }

  /**
   * Reads topic {@code lineage}; blocks.
   *
   * @return what shows that the checkpoint was not made with these topics; empty if nothing does
   */
  public static Optional<String> mismatch(KafkaSettings settings, CheckpointState checkpoint) {
    CheckpointLineage lineage = new CheckpointLineage(checkpoint);
    LineageHistory.read(settings, lineage::add);
    TopicReader reader = new TopicReader(settings);
    Range range = reader.ranges(settings.topics().lineage()).getOrDefault(0, new Range(0, 0));
    String gradients = settings.topics().policyGradients();
    return lineage.mismatch(
        range.isEmpty() && range.end() > 0,
        new RecordCoordinates(gradients, reader.topicId(gradients), 0, 0).partitionId());
  }

  /** The number of the newest version in topic {@code lineage}, 0 if it has none; blocks. */
  public static long newestVersion(KafkaSettings settings) {
    long[] newest = {0};
    LineageHistory.read(
        settings,
        record -> {
          if (record instanceof VersionLineage version) {
            newest[0] = Math.max(newest[0], version.version().number());
          }
        });
    return newest[0];
  }

  void add(LineageRecord record) {
    if (record instanceof VersionLineage version) {
      newestVersion = Math.max(newestVersion, version.version().number());
      newestEpoch = Math.max(newestEpoch, version.epoch());
      if (version.version().equals(checkpoint.version())) {
        boolean same = isSame(version);
        knowsItsVersion |= same;
        knowsAnotherOfItsNumber |= !same;
      }
    }
  }

  private boolean isSame(VersionLineage version) {
    return checkpoint
        .lineage()
        .map(VersionLineage::rollouts)
        .map(CheckpointLineage::digests)
        .equals(Optional.of(digests(version.rollouts())));
  }

  private static Set<String> digests(List<RolloutReference> rollouts) {
    Set<String> digests = new HashSet<>();
    rollouts.forEach(rollout -> digests.add(rollout.digest()));
    return digests;
  }

  /**
   * The verdict on all that was added.
   *
   * @param cut whether the topic has lost all of its records to a limit that someone set
   * @param gradients what the partition of topic {@code policy-gradients} is now, as in {@link
   *     CheckpointState#inputOffsets()}
   */
  Optional<String> mismatch(boolean cut, String gradients) {
    long version = checkpoint.version().number();
    if (newestEpoch > checkpoint.epoch()) {
      return Optional.of(
          "the lineage is of optimizer epoch %s already, the checkpoint of epoch %s"
              .formatted(newestEpoch, checkpoint.epoch()));
    }
    if (version == 0 || knowsItsVersion) {
      return Optional.empty();
    }
    if (knowsAnotherOfItsNumber) {
      return Optional.of("the lineage's v%s was made of other rollouts".formatted(version));
    }
    if (!cut && newestVersion != version - 1) {
      return Optional.of(
          newestVersion == 0
              ? "the lineage has no version at all"
              : "the lineage ends with v%s".formatted(newestVersion));
    }
    // A crash may have come between saving the version and announcing it.
    return isReadFrom(gradients)
        ? Optional.empty()
        : Optional.of("the topic of its gradients was created after it, or is another one");
  }

  /** Offsets of before December 2026 do not say which topic they are of. */
  private boolean isReadFrom(String gradients) {
    Set<String> read = checkpoint.inputOffsets().keySet();
    return read.contains(gradients) || read.stream().noneMatch(key -> key.contains("@"));
  }
}
