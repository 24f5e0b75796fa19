package io.gapo.streams.history;

import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.PromptJson;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.codec.QuarantinedCodec;
import io.gapo.streams.codec.RecordCodec;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.TopicReader;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.Topics;
import java.util.Optional;
import java.util.function.Consumer;

/** The audit of what is in Kafka now. */
public final class LineageAuditReader {

  private LineageAuditReader() {}

  /**
   * Reads the four topics; blocks. While the pipeline runs, what it decides meanwhile may be in the
   * report or not.
   *
   * @param limits as the generator has them
   */
  public static AuditReport read(KafkaSettings settings, PromptLimits limits) {
    LineageAudit audit = new LineageAudit();
    TopicReader reader = new TopicReader(settings);
    Topics topics = settings.topics();
    PromptJson json = new PromptJson(limits);
    reader.readAll(topics.prompts(), record -> audit.addPrompt(record.at(), prompt(json, record)));
    reader.readAll(
        topics.rollouts(),
        decoded(new RolloutCodec(), rollout -> audit.addRollout(RolloutReference.to(rollout))));
    reader.readAll(
        topics.quarantine(),
        decoded(new QuarantinedCodec(), record -> audit.addQuarantined(record.at())));
    LineageHistory.read(settings, audit::addLineage);
    return audit.report();
  }

  private static Optional<Prompt> prompt(PromptJson json, RawRecord record) {
    try {
      return Optional.of(json.decode(record));
    } catch (MalformedRecordException e) {
      return Optional.empty();
    }
  }

  /** Malformed records are in quarantine, or on their way there, and counted as such. */
  private static <T> Consumer<RawRecord> decoded(RecordCodec<T> codec, Consumer<T> each) {
    return record -> {
      try {
        each.accept(codec.decode(record.value()));
      } catch (MalformedRecordException e) {
        // It has no id that could be accounted for.
      }
    };
  }
}
