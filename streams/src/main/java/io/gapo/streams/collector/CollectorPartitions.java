package io.gapo.streams.collector;

import io.gapo.streams.kafka.KafkaAccess;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which partitions of topics {@code rollouts} and {@code scores} one of several gradient collectors
 * has, where partitions may be added while it runs. Thread-safe; its methods block.
 */
final class CollectorPartitions {

  private static final Logger log = LoggerFactory.getLogger(CollectorPartitions.class);

  private final KafkaAccess kafka;
  private final CollectorShare share;
  private final AtomicReference<Counts> known;

  private CollectorPartitions(KafkaAccess kafka, CollectorShare share, Counts known) {
    this.kafka = kafka;
    this.share = share;
    this.known = new AtomicReference<>(known);
  }

  private record Counts(int rollouts, int scores) {

    /** A rollout and its scores are one collector's only where both topics have the partition. */
    int common() {
      return Math.min(rollouts, scores);
    }
  }

  /**
   * Those of this collector.
   *
   * @throws IllegalStateException if one topic has more partitions than the other
   * @throws IllegalArgumentException if there are too few for all collectors
   */
  static CollectorPartitions open(KafkaAccess kafka, CollectorShare share) {
    Counts counts = count(kafka);
    if (counts.rollouts() != counts.scores()) {
      throw new IllegalStateException(
          "topics %s and %s have %s and %s partitions, several gradient collectors need as many of both: add partitions"
              .formatted(
                  kafka.topics().rollouts(),
                  kafka.topics().scores(),
                  counts.rollouts(),
                  counts.scores()));
    }
    // Throws if there are too few.
    share.partitions(kafka.topics().rollouts(), counts.common());
    return new CollectorPartitions(kafka, share, counts);
  }

  /** Its partitions of a topic now. */
  Set<Integer> of(String topic) {
    Counts now = count(kafka);
    Counts before = known.getAndSet(now);
    if (!now.equals(before)) {
      explain(before, now);
    }
    return share.partitions(topic, now.common());
  }

  private void explain(Counts before, Counts now) {
    String rollouts = kafka.topics().rollouts();
    String scores = kafka.topics().scores();
    if (now.rollouts() != now.scores()) {
      log.warn(
          "Topics {} and {} have {} and {} partitions: gradient collectors read the first {} of"
              + " both, and the rest only when both have as many. Add partitions to {}",
          rollouts,
          scores,
          now.rollouts(),
          now.scores(),
          now.common(),
          now.rollouts() < now.scores() ? rollouts : scores);
    } else if (now.common() % share.collectors() != 0
        || before.common() % share.collectors() != 0) {
      log.warn(
          "Topics {} and {} have {} partitions now and had {}, which are not both multiples of the"
              + " {} gradient collectors: rollouts under way may have their scores with another"
              + " collector, and are then settled as stale. Add partitions in multiples of {}",
          rollouts,
          scores,
          now.common(),
          before.common(),
          share.collectors(),
          share.collectors());
    }
  }

  private static Counts count(KafkaAccess kafka) {
    return new Counts(
        kafka.reader().ranges(kafka.topics().rollouts()).size(),
        kafka.reader().ranges(kafka.topics().scores()).size());
  }
}
