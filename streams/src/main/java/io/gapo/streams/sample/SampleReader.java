package io.gapo.streams.sample;

import io.gapo.core.rollout.Score;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.ScoreCodec;
import io.gapo.streams.history.LineageHistory;
import io.gapo.streams.kafka.BackwardReader;
import io.gapo.streams.kafka.BackwardReader.Extent;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.TopicReader;
import io.gapo.streams.kafka.TopicReader.Range;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the newest rollouts, with their scores and fates. It reads what the topics hold now,
 * belongs to no consumer group and commits nothing.
 *
 * <p>Rollouts are read from the end of their topic backwards; scores and lineage from the time when
 * the oldest of these rollouts was written, less what the writers' clocks may differ by. So memory
 * depends on the query alone, and so does time, but for the lineage after an old version.
 */
public final class SampleReader {

  /** Scores and fates are written after their rollout, but by the clocks of other machines. */
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private static final int SMALLEST_WINDOW = 64;

  private final KafkaSettings settings;
  private final TopicReader reader;
  private final Topics topics;
  private final List<String> passedOver = new ArrayList<>();
  private boolean isLimited;

  private SampleReader(KafkaSettings settings) {
    this.settings = settings;
    this.reader = new TopicReader(settings);
    this.topics = settings.topics();
  }

  /**
   * Reads; blocks.
   *
   * @param objectives whose scores are expected, in the order of the result; others follow
   */
  public static SampleReport read(
      KafkaSettings settings, SampleQuery query, List<String> objectives) {
    return new SampleReader(settings).read(query, objectives);
  }

  private SampleReport read(SampleQuery query, List<String> objectives) {
    NewestRollouts newest = rollouts(query);
    SampleJoin join = new SampleJoin(newest.newestFirst(), objectives);
    newest
        .oldest()
        .ifPresent(
            oldest -> {
              Instant since = Instant.ofEpochMilli(Math.max(0, oldest)).minus(CLOCKS_DIFFER);
              scores(join, since, query.scanned());
              LineageHistory.read(
                  settings, reader.since(topics.lineage(), since).getOrDefault(0, 0L), join::add);
            });
    return new SampleReport(join.samples(), newest.newestVersion(), isLimited, passedOver);
  }

  private NewestRollouts rollouts(SampleQuery query) {
    NewestRollouts newest = new NewestRollouts(query);
    Extent extent =
        new BackwardReader(reader, topics.rollouts())
            .read(
                Math.max(SMALLEST_WINDOW, query.count()),
                query.scanned(),
                newest::add,
                newest::isDone);
    if (newest.malformed() > 0) {
      passedOver.add(
          "%s records of topic %s are no rollouts"
              .formatted(newest.malformed(), topics.rollouts()));
    }
    if (extent.isLimited()) {
      isLimited = true;
      passedOver.add(
          "the newest %s of %s records of topic %s were read, not those before"
              .formatted(extent.read(), extent.of(), topics.rollouts()));
    }
    if (extent.isCut()) {
      passedOver.add(
          "topic %s has lost its oldest records to its retention".formatted(topics.rollouts()));
    }
    return newest;
  }

  private void scores(SampleJoin join, Instant since, long scanned) {
    String topic = topics.scores();
    Map<Integer, Range> ranges = reader.ranges(topic);
    Map<Integer, Long> from = reader.since(topic, since);
    long share = Math.max(1, scanned / ranges.size());
    Map<Integer, Long> until = new HashMap<>();
    from.forEach((partition, begin) -> until.put(partition, begin + share));
    ScoreCodec codec = new ScoreCodec();
    int[] malformed = {0};
    reader.read(topic, from, until, record -> malformed[0] += add(join, codec, record));
    if (malformed[0] > 0) {
      passedOver.add("%s records of topic %s are not valid scores".formatted(malformed[0], topic));
    }
    if (join.scoresOfOtherSamplings() > 0) {
      passedOver.add(
          "%s scores are of other responses that were sampled under the same ids"
              .formatted(join.scoresOfOtherSamplings()));
    }
    boolean limited =
        ranges.entrySet().stream()
            .anyMatch(range -> until.getOrDefault(range.getKey(), 0L) < range.getValue().end());
    isLimited |= limited && !join.missing().isEmpty();
    join.missing()
        .forEach(
            (objective, rollouts) ->
                passedOver.add(missing(objective, rollouts, topic, limited, ranges)));
  }

  private static String missing(
      String objective, long rollouts, String topic, boolean limited, Map<Integer, Range> ranges) {
    String missing = "%s responses have no score of %s".formatted(rollouts, objective);
    if (limited) {
      return missing + " in what was read of topic %s".formatted(topic);
    }
    boolean isCut = ranges.values().stream().anyMatch(range -> range.begin() > 0);
    return missing
        + (isCut
            ? ": not scored yet, or lost to the retention of topic %s".formatted(topic)
            : " yet");
  }

  /** How many records could not be used. */
  private static int add(SampleJoin join, ScoreCodec codec, RawRecord record) {
    try {
      // Why there is none stands with the rollout's fate.
      if (codec.decode(record.value()) instanceof Score score) {
        join.add(score);
      }
      return 0;
    } catch (MalformedRecordException e) {
      return 1;
    }
  }
}
