package io.gapo.streams.collector;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which partitions of topics {@code rollouts} and {@code scores} are one gradient collector's: the
 * same of both, since a rollout and its scores share a partition number, and the same at any time,
 * since no collector may have a rollout that another one has.
 *
 * @param collector its name
 * @param index its number, from 0
 * @param collectors how many there are
 */
public record CollectorShare(String collector, int index, int collectors) {

  public CollectorShare {
    if (index < 0 || index >= collectors) {
      throw new IllegalArgumentException(
          "the number of a collector must be in [0, %s), was %s".formatted(collectors, index));
    }
  }

  /** Whether it has everything. */
  public boolean isAll() {
    return collectors == 1;
  }

  /**
   * Its partitions of a topic.
   *
   * @throws IllegalArgumentException if there are too few for all collectors
   */
  public Set<Integer> partitions(String topic, int partitions) {
    if (partitions < collectors) {
      throw new IllegalArgumentException(
          "topic %s has %s partitions, %s gradient collectors need one each: add partitions"
              .formatted(topic, partitions, collectors));
    }
    return IntStream.range(0, partitions)
        .filter(partition -> partition % collectors == index)
        .boxed()
        .collect(Collectors.toUnmodifiableSet());
  }
}
