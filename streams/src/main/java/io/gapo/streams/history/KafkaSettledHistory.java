package io.gapo.streams.history;

import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.SettledHistory;
import io.gapo.core.rollout.SettledRollouts;
import io.gapo.streams.kafka.KafkaSettings;

/** What topic {@code lineage} holds of settled rollouts: it is read each time again. */
public record KafkaSettledHistory(KafkaSettings settings) implements SettledHistory {

  /** All that are settled by now. */
  public SettledRollouts now() {
    return upTo(new PolicyVersion(Long.MAX_VALUE));
  }

  @Override
  public SettledRollouts upTo(PolicyVersion version) {
    SettledRollouts settled = new SettledRollouts();
    LineageHistory.read(
        settings,
        record -> {
          boolean isLater =
              record instanceof VersionLineage made && made.version().compareTo(version) > 0;
          if (!isLater) {
            record.rollouts().forEach(rollout -> settled.add(rollout.id()));
          }
        });
    return settled;
  }
}
