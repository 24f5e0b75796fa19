package io.gapo.ops.feed;

import io.gapo.ops.config.KafkaConfig;
import io.gapo.streams.generator.SeenPrompts;
import io.gapo.streams.kafka.TopicReader;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The ids that prompts in the topic have: the generator would take a second prompt of one of them
 * for a duplicate.
 *
 * <p>The topic is read when the first id is asked for. Bounded: as many of the newest ids are known
 * as the generator remembers. Not thread-safe.
 */
public final class FedIds {

  private final int capacity;
  private final Consumer<Consumer<byte @Nullable []>> topic;
  private @Nullable Set<String> ids;

  /**
   * @param topic tells the values of the topic's newest records
   */
  FedIds(int capacity, Consumer<Consumer<byte @Nullable []>> topic) {
    this.capacity = capacity;
    this.topic = topic;
  }

  /** Those in topic {@code prompts}. */
  public static FedIds of(KafkaConfig kafka) {
    int capacity = SeenPrompts.DEFAULT_CAPACITY;
    return new FedIds(capacity, each -> readNewest(kafka, capacity, each));
  }

  private static void readNewest(
      KafkaConfig kafka, int capacity, Consumer<byte @Nullable []> each) {
    TopicReader reader = new TopicReader(kafka.access(Optional.empty()));
    String prompts = kafka.topics().prompts();
    Map<Integer, Long> from = new HashMap<>();
    reader
        .ranges(prompts)
        .forEach((partition, range) -> from.put(partition, range.end() - capacity));
    reader.read(prompts, from, Map.of(), record -> each.accept(record.value()));
  }

  /** Adds an id that is about to be fed; says whether it is new. */
  boolean add(String id) {
    Set<String> known = ids;
    if (known == null) {
      Set<String> read = new LinkedHashSet<>();
      topic.accept(
          value -> {
            if (value != null) {
              PromptLine.parse(value).id().ifPresent(fed -> remember(read, fed));
            }
          });
      ids = read;
      known = read;
    }
    return remember(known, id);
  }

  private boolean remember(Set<String> known, String id) {
    boolean isNew = known.add(id);
    if (known.size() > capacity) {
      known.remove(known.iterator().next());
    }
    return isNew;
  }
}
