package io.gapo.streams.optimizer;

import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.port.VersionPublisher;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.streams.codec.PolicySnapshotFormat;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.KafkaTensorPublisher;
import io.gapo.streams.kafka.TopicWriter;
import io.gapo.streams.kafka.TopicWriters;
import io.gapo.streams.tensor.TensorChunking;
import io.gapo.streams.tensor.TensorPublisher;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * An optimizer's results, to topics {@code lineage} and {@code policy-versions}. Thread-safe.
 *
 * <p>Versions of one optimizer take turns in two key slots, so that compaction may forget all but
 * the newest two. An optimizer of another epoch has other slots: a stale one cannot make Kafka
 * forget what a newer one wrote.
 */
public final class KafkaVersionPublisher implements VersionPublisher {

  private static final int SLOTS = 2;

  private final TopicWriter<LineageRecord> lineage;
  private final TensorPublisher<PolicySnapshot> versions;

  private KafkaVersionPublisher(
      TopicWriter<LineageRecord> lineage, TensorPublisher<PolicySnapshot> versions) {
    this.lineage = lineage;
    this.versions = versions;
  }

  /** A publisher that sends versions in chunks, but those that are lent. */
  public static KafkaVersionPublisher create(KafkaAccess kafka) {
    return new KafkaVersionPublisher(
        TopicWriters.lineage(kafka),
        new KafkaTensorPublisher<>(
            kafka.publisher(),
            kafka.topics().policyVersions(),
            new TensorChunking<>(new PolicySnapshotFormat(), TensorChunking.DEFAULT_CHUNK_BYTES),
            () -> UUID.randomUUID().toString(),
            KafkaVersionPublisher::slot,
            kafka.lent()));
  }

  @Override
  public CompletionStage<?> publish(VersionLineage made) {
    return lineage.write(made);
  }

  @Override
  public CompletionStage<?> publish(PolicySnapshot snapshot) {
    return versions.publish(snapshot);
  }

  @Override
  public CompletionStage<?> publishRefusal(
      List<RolloutReference> rollouts, long version, String reason) {
    return lineage.writeAll(
        rollouts.stream()
            .map(rollout -> new Settlement(rollout, Fate.REFUSED, version, reason))
            .toList());
  }

  private static String slot(PolicySnapshot snapshot) {
    return "epoch-%s/slot-%s".formatted(snapshot.epoch(), snapshot.version().number() % SLOTS);
  }
}
