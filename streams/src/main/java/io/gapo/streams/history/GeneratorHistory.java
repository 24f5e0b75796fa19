package io.gapo.streams.history;

import io.gapo.core.flow.RolloutHistory;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.SettledRollouts;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.TopicReader;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What a rollout generator needs to know of the rollouts sampled before it started.
 *
 * @param rollouts which are outstanding, and which are settled
 * @param lineageEnd where to follow topic {@code lineage} from, so that no settlement is missed
 */
public record GeneratorHistory(RolloutHistory rollouts, long lineageEnd) {

  /**
   * Reads it from the topics; blocks.
   *
   * <p>Everything before the collector's committed offsets is settled. Of the rollouts behind them,
   * those are outstanding that the lineage, read to its end afterwards, does not settle. If nothing
   * is committed, or not any more, those are all rollouts there are: ids of the settled ones are
   * not kept even for a moment.
   *
   * @param sampled is told the id and text digest of every prompt of these rollouts, repeatedly
   */
  public static GeneratorHistory read(KafkaSettings settings, BiConsumer<String, String> sampled) {
    SettledRollouts settled = new SettledRollouts();
    long lineageRead =
        LineageHistory.read(
            settings,
            record ->
                record
                    .rollouts()
                    .forEach(
                        rollout -> {
                          settled.add(rollout.id());
                          tell(sampled, rollout);
                        }));
    TopicReader reader = new TopicReader(settings);
    String topic = settings.topics().rollouts();
    RolloutCodec codec = new RolloutCodec();
    Set<String> outstanding = new HashSet<>();
    reader.read(
        topic,
        reader.committed(settings.groups().collectorRollouts(), topic),
        Map.of(),
        record -> {
          try {
            RolloutReference rollout = RolloutReference.to(codec.decode(record.value()));
            if (!settled.contains(rollout.id())) {
              outstanding.add(rollout.id());
            }
            tell(sampled, rollout);
          } catch (MalformedRecordException e) {
            // Its readers put it in quarantine; it has no id that could be outstanding.
          }
        });
    long lineageEnd =
        LineageHistory.read(
            settings,
            lineageRead,
            record ->
                record
                    .rollouts()
                    .forEach(
                        rollout -> {
                          settled.add(rollout.id());
                          outstanding.remove(rollout.id());
                          tell(sampled, rollout);
                        }));
    return new GeneratorHistory(new RolloutHistory(outstanding, settled), lineageEnd);
  }

  private static void tell(BiConsumer<String, String> sampled, RolloutReference rollout) {
    String textDigest = rollout.promptDigest();
    if (textDigest != null) {
      sampled.accept(rollout.promptId(), textDigest);
    }
  }
}
