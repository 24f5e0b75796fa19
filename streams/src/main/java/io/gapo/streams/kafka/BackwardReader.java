package io.gapo.streams.kafka;

import io.gapo.streams.kafka.TopicReader.Range;
import io.gapo.streams.topic.RawRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * Reads a topic from its end towards its beginning, as it is when it is called: each partition for
 * itself, in windows that grow, each window in its own order.
 */
public final class BackwardReader {

  private static final int GROWTH = 4;

  private final TopicReader reader;
  private final String topic;

  public BackwardReader(TopicReader reader, String topic) {
    this.reader = reader;
    this.topic = topic;
  }

  /**
   * How much of a topic was read, in offsets.
   *
   * @param of what the topic holds
   * @param isLimited whether older records would have been read but for the limit
   * @param isCut whether reading came to the oldest record of a partition that once had older ones
   */
  public record Extent(long read, long of, boolean isLimited, boolean isCut) {}

  /** A partition that is being read. */
  private static final class Part {

    private final int partition;
    private final Range range;
    private final long lowest;
    private long reached;
    private boolean isDone;

    Part(int partition, Range range, long limit) {
      this.partition = partition;
      this.range = range;
      this.lowest = Math.max(range.begin(), range.end() - limit);
      this.reached = range.end();
      this.isDone = range.isEmpty();
    }

    boolean isOpen() {
      return !isDone && reached > lowest;
    }

    boolean isLimited() {
      return !isDone && lowest > range.begin();
    }

    boolean isCut() {
      return !isDone && lowest == range.begin() && lowest > 0;
    }
  }

  /**
   * Reads until every partition is done, has no older records, or has been read as far as the limit
   * allows; blocks.
   *
   * @param window records of each partition that are read at first
   * @param limit records that are read at most, of all partitions together, and one of each
   * @param isDone asked once after each window whether no more of its partition is needed
   */
  public Extent read(int window, long limit, Consumer<RawRecord> each, IntPredicate isDone) {
    Map<Integer, Range> ranges = reader.ranges(topic);
    long share = Math.max(1, limit / ranges.size());
    List<Part> parts =
        ranges.entrySet().stream()
            .map(range -> new Part(range.getKey(), range.getValue(), share))
            .toList();
    for (long size = window; parts.stream().anyMatch(Part::isOpen); size *= GROWTH) {
      readWindows(parts, size, each);
      parts.stream()
          .filter(part -> !part.isDone)
          .forEach(part -> part.isDone = isDone.test(part.partition));
    }
    return new Extent(
        parts.stream().mapToLong(part -> part.range.end() - part.reached).sum(),
        parts.stream().mapToLong(part -> part.range.end() - part.range.begin()).sum(),
        parts.stream().anyMatch(Part::isLimited),
        parts.stream().anyMatch(Part::isCut));
  }

  private void readWindows(List<Part> parts, long size, Consumer<RawRecord> each) {
    Map<Integer, Long> from = new HashMap<>();
    Map<Integer, Long> until = new HashMap<>();
    for (Part part : parts) {
      until.put(part.partition, part.reached);
      if (part.isOpen()) {
        part.reached = Math.max(part.lowest, part.reached - size);
      }
      from.put(part.partition, part.reached);
    }
    reader.read(topic, from, until, each);
  }
}
