package io.gapo.streams.history;

import io.gapo.core.port.ForUser;
import java.util.Set;
import java.util.TreeSet;

/** Records would be delivered again of which the lineage does not know any more what became. */
public final class ForgottenFatesException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  ForgottenFatesException(
      String lineage, long begin, String group, String topic, Set<Integer> partitions) {
    super(
        ("topic %s has lost its records before offset %s, and consumer group %s its offsets of topic"
                + " %s in partitions %s: what was settled of them long ago would be taken for new."
                + " Set the group's offsets behind it, for example with 'kafka-consumer-groups"
                + " --reset-offsets --execute --group %s --topic %s --to-datetime ...', and keep"
                + " the lineage with retention.ms=-1")
            .formatted(lineage, begin, group, topic, new TreeSet<>(partitions), group, topic));
  }
}
