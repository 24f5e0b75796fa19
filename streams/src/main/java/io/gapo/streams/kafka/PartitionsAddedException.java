package io.gapo.streams.kafka;

import java.util.Set;
import java.util.TreeSet;

/** A topic has got partitions that a stream does not read; it does so when it starts again. */
final class PartitionsAddedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PartitionsAddedException(String topic, Set<Integer> before, Set<Integer> now) {
    super(
        "topic %s has further partitions: %s are read from now on, and not only %s"
            .formatted(topic, new TreeSet<>(now), new TreeSet<>(before)));
  }
}
