package io.gapo.streams.collector;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets records' contexts out in the order of their partition, each when its record and all before
 * it are done. Partitions do not wait for each other.
 *
 * <p>What is done behind a record that is not takes no room: of records in a row that are done, the
 * last one's context stands for all. Not thread-safe.
 */
final class PartitionOrder<O> {

  private static final int SLACK = 16;

  private final Map<Integer, Partition<O>> partitions = new HashMap<>();

  /** A record that was begun. */
  static final class Entry<O> {

    private final int partition;
    private final O context;
    private boolean isDone;

    private Entry(int partition, O context) {
      this.partition = partition;
      this.context = context;
    }
  }

  private static final class Partition<O> {

    private Deque<Entry<O>> entries = new ArrayDeque<>();
    private int done;

    List<O> release() {
      List<O> released = new ArrayList<>();
      for (Entry<O> oldest = entries.peek();
          oldest != null && oldest.isDone;
          oldest = entries.peek()) {
        released.add(oldest.context);
        entries.remove();
        done--;
      }
      int underway = entries.size() - done;
      if (done > 2 * underway + SLACK) {
        compact();
      }
      return released;
    }

    private void compact() {
      Deque<Entry<O>> kept = new ArrayDeque<>();
      for (Entry<O> entry : entries) {
        Entry<O> before = kept.peekLast();
        if (before != null && before.isDone && entry.isDone) {
          kept.removeLast();
          done--;
        }
        kept.add(entry);
      }
      entries = kept;
    }
  }

  /** A partition's next record is begun. */
  Entry<O> begin(int partition, O context) {
    Entry<O> entry = new Entry<>(partition, context);
    partitions.computeIfAbsent(partition, unseen -> new Partition<>()).entries.add(entry);
    return entry;
  }

  /** This record is done; returns the contexts that may come out now. */
  List<O> done(Entry<O> entry) {
    Partition<O> partition = partitions.get(entry.partition);
    if (partition == null) {
      throw new IllegalStateException(
          "no record of partition %s was begun".formatted(entry.partition));
    }
    entry.isDone = true;
    partition.done++;
    return partition.release();
  }

  /** How many contexts are kept. */
  int kept() {
    return partitions.values().stream().mapToInt(partition -> partition.entries.size()).sum();
  }
}
