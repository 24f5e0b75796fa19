package io.gapo.streams.history;

import io.gapo.core.flow.RolloutHistory;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.TopicReader;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a rollout generator needs to know of the rollouts sampled before it started.
 *
 * @param rollouts which are outstanding, and which were settled lately
 * @param lineageEnd where to follow topic {@code lineage} from, so that no settlement is missed
 */
public record GeneratorHistory(RolloutHistory rollouts, long lineageEnd) {

  /**
   * Reads it from the topics; blocks.
   *
   * <p>Everything before the collector's committed offsets is settled. Of the rollouts behind them,
   * those are outstanding that the lineage, read afterwards, does not settle.
   *
   * @param settledMemory how many settled ids to remember, the newest ones
   */
  public static GeneratorHistory read(KafkaSettings settings, int settledMemory) {
    TopicReader reader = new TopicReader(settings);
    String topic = settings.topics().rollouts();
    Map<Integer, Long> settledUpTo = reader.committed(settings.groups().collectorRollouts(), topic);
    RolloutCodec codec = new RolloutCodec();
    Set<String> outstanding = new HashSet<>();
    reader.read(
        topic,
        settledUpTo,
        Map.of(),
        record -> {
          try {
            outstanding.add(codec.decode(record.value()).id());
          } catch (MalformedRecordException e) {
            // Its readers put it in quarantine; it has no id that could be outstanding.
          }
        });
    Set<String> settled = new LinkedHashSet<>();
    long lineageEnd =
        LineageHistory.read(
            settings,
            record ->
                ids(record)
                    .forEach(
                        id -> {
                          outstanding.remove(id);
                          remember(settled, id, settledMemory);
                        }));
    return new GeneratorHistory(new RolloutHistory(outstanding, List.copyOf(settled)), lineageEnd);
  }

  private static List<String> ids(LineageRecord record) {
    if (record instanceof VersionLineage version) {
      return version.rollouts().stream().map(RolloutReference::id).toList();
    }
    return List.of(((Settlement) record).rollout().id());
  }

  private static void remember(Set<String> settled, String id, int capacity) {
    settled.add(id);
    if (settled.size() > capacity) {
      settled.remove(settled.iterator().next());
    }
  }
}
