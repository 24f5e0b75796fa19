package io.gapo.streams.history;

import io.gapo.core.lineage.LineageRecord;
import io.gapo.streams.codec.LineageCodec;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.TopicReader;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that topic {@code lineage} holds. */
public final class LineageHistory {

  private static final Logger log = LoggerFactory.getLogger(LineageHistory.class);

  private LineageHistory() {}

  /**
   * Reads it from its oldest record to its newest; blocks. Malformed records are left out: whoever
   * follows the topic puts them in quarantine.
   *
   * @return the offset after the newest record, to follow the topic from
   */
  public static long read(KafkaSettings settings, Consumer<LineageRecord> each) {
    return read(settings, 0, each);
  }

  /** As {@link #read(KafkaSettings, Consumer)}, from an offset on. */
  public static long read(KafkaSettings settings, long from, Consumer<LineageRecord> each) {
    LineageCodec codec = new LineageCodec();
    return new TopicReader(settings)
        .read(
            settings.topics().lineage(),
            Map.of(0, from),
            Map.of(),
            record -> {
              try {
                each.accept(codec.decode(record.value()));
              } catch (MalformedRecordException e) {
                log.warn("{} is left out: {}", record.at(), e.getMessage());
              }
            })
        .getOrDefault(0, 0L);
  }
}
