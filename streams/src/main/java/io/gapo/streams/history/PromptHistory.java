package io.gapo.streams.history;

import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.PromptJson;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.codec.QuarantinedCodec;
import io.gapo.streams.generator.SeenPrompts;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.TopicReader;
import io.gapo.streams.topic.RecordCoordinates;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which prompt ids were used before a rollout generator started. */
public final class PromptHistory {

  private PromptHistory() {}

  /**
   * Adds them from topic {@code prompts}, up to the generator's committed offsets; blocks.
   *
   * <p>Prompts in quarantine used no id, and are not put there again. Which of two prompts of one
   * id in different partitions came first, the topics do not say; the quarantine does.
   *
   * @param limits as the stage has them
   * @param seen knows of the prompts that were sampled; as many as it remembers of the newest
   *     records of each partition and of the quarantine are read
   */
  public static void addTo(SeenPrompts seen, KafkaSettings settings, PromptLimits limits) {
    int capacity = seen.capacity();
    TopicReader reader = new TopicReader(settings);
    String topic = settings.topics().prompts();
    Map<Integer, Long> done = new HashMap<>();
    reader.ranges(topic).keySet().forEach(partition -> done.put(partition, 0L));
    done.putAll(reader.committed(settings.groups().rolloutGenerator(), topic));
    Map<Integer, Long> from = new HashMap<>();
    done.forEach((partition, end) -> from.put(partition, Math.max(0, end - capacity)));

    Set<RecordCoordinates> givenUp = givenUp(settings, reader, capacity);
    givenUp.stream()
        .filter(at -> at.offset() >= done.getOrDefault(at.partition(), 0L))
        .forEach(seen::giveUp);
    PromptJson json = new PromptJson(limits);
    reader.read(
        topic,
        from,
        done,
        record -> {
          if (!givenUp.contains(record.at()) && !givenUp.contains(record.at().withoutTopicId())) {
            try {
              seen.use(json.decode(record), record.at());
            } catch (MalformedRecordException e) {
              // Given up so long ago that we no longer read of it; it used no id.
            }
          }
        });
  }

  private static Set<RecordCoordinates> givenUp(
      KafkaSettings settings, TopicReader reader, int capacity) {
    String topic = settings.topics().quarantine();
    Map<Integer, Long> from = new HashMap<>();
    reader.ranges(topic).forEach((partition, range) -> from.put(partition, range.end() - capacity));
    QuarantinedCodec codec = new QuarantinedCodec();
    Set<RecordCoordinates> givenUp = new HashSet<>();
    reader.read(
        topic,
        from,
        Map.of(),
        record -> {
          try {
            RecordCoordinates at = codec.decode(record.value()).at();
            if (at.topic().equals(settings.topics().prompts())) {
              givenUp.add(at);
            }
          } catch (MalformedRecordException e) {
            // Somebody else wrote into the quarantine; that says nothing of any prompt.
          }
        });
    return givenUp;
  }
}
