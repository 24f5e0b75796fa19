package io.gapo.streams.sample;

import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.topic.RawRecord;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/** The newest rollouts that a query admits, of records that come in any order. */
final class NewestRollouts {

  private static final Comparator<SampledResponse> OLDEST_FIRST =
      Comparator.comparingLong(SampledResponse::writtenAt)
          .thenComparingLong(SampledResponse::newestVersion)
          .thenComparing(SampledResponse::id);

  private final SampleQuery query;
  private final RolloutCodec codec = new RolloutCodec();
  private final PriorityQueue<SampledResponse> newest = new PriorityQueue<>(OLDEST_FIRST);

  /** By digest: a rollout may be delivered, and so written, more than once. */
  private final Map<String, SampledResponse> found = new HashMap<>();

  /** Those admitted, by partition; some may have given way to newer ones. */
  private final Map<Integer, Integer> admitted = new HashMap<>();

  /** The newest version of a token in the window that is being read, by partition. */
  private final Map<Integer, Long> windowVersion = new HashMap<>();

  private long newestVersion = -1;
  private int malformed;

  NewestRollouts(SampleQuery query) {
    this.query = query;
  }

  void add(RawRecord record) {
    SampledResponse response;
    try {
      response = SampledResponse.of(codec.decode(record.value()), record.writtenAt());
    } catch (MalformedRecordException e) {
      malformed++;
      return;
    }
    int partition = record.at().partition();
    newestVersion = Math.max(newestVersion, response.newestVersion());
    windowVersion.merge(partition, response.newestVersion(), Math::max);
    if (query.admits(response) && found.putIfAbsent(response.digest(), response) == null) {
      admitted.merge(partition, 1, Integer::sum);
      newest.add(response);
      if (newest.size() > query.count()) {
        found.remove(newest.remove().digest());
      }
    }
  }

  /**
   * Whether older records of a partition cannot be meant: there are enough newer ones, or a whole
   * window was sampled before the version that is looked for.
   */
  boolean isDone(int partition) {
    Long version = windowVersion.remove(partition);
    boolean before =
        version != null && query.version().isPresent() && version < query.version().getAsLong();
    return before || admitted.getOrDefault(partition, 0) >= query.count();
  }

  List<SampledResponse> newestFirst() {
    return found.values().stream().sorted(OLDEST_FIRST.reversed()).toList();
  }

  /** When the oldest of them was written; empty if there are none. */
  OptionalLong oldest() {
    return found.values().stream().mapToLong(SampledResponse::writtenAt).min();
  }

  /** -1 if there was none. */
  long newestVersion() {
    return newestVersion;
  }

  /** Records that are no rollouts. */
  int malformed() {
    return malformed;
  }
}
