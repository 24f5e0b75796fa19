package io.gapo.ops.pipeline;

import akka.actor.typed.ActorRef;
import io.gapo.actors.scorer.Scorer;
import io.gapo.core.rollout.Score;
import io.gapo.core.rollout.SettledRollouts;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.ObjectiveConfig;
import io.gapo.ops.config.ObjectiveConfig.LearnedModel;
import io.gapo.ops.config.ObjectiveConfig.ScorerRole;
import io.gapo.streams.history.KafkaSettledHistory;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.scorer.ScorerFlow;
import io.gapo.streams.scorer.ScorerStage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Wires the scorers of one role, an actor for each of its objectives: rollouts in, scores out. */
final class ScorerWiring {

  private static final ScorerFlow.Batches BATCHES =
      new ScorerFlow.Batches(32, Duration.ofMillis(5));

  private ScorerWiring() {}

  static Stage start(StageContext context, Role role) {
    List<ObjectiveConfig> scored =
        context.config().objectives().stream()
            .filter(objective -> roleOf(objective.scoredBy()) == role)
            .toList();
    if (scored.isEmpty()) {
      return Stage.of(role, Map.of(), List.of());
    }
    SettledRollouts settled = new KafkaSettledHistory(context.kafkaSettings()).now();
    Map<String, String> consumed = new HashMap<>();
    List<RunningStage> streams = new ArrayList<>();
    for (ObjectiveConfig objective : scored) {
      consumed.put(
          context.kafka().groups().scorer(role.text(), objective.name()),
          context.kafka().topics().rollouts());
      streams.add(start(context, role, objective, settled));
    }
    return Stage.of(role, Map.copyOf(consumed), streams);
  }

  /** Whether one of the role's objectives is scored by a learned model. */
  static boolean hasModels(GapoConfig config, Role role) {
    return config.objectives().stream()
        .anyMatch(
            objective ->
                roleOf(objective.scoredBy()) == role
                    && objective.scoring() instanceof LearnedModel);
  }

  private static RunningStage start(
      StageContext context, Role role, ObjectiveConfig objective, SettledRollouts settled) {
    ActorRef<Scorer.Command> actor =
        context.spawn(
            Scorer.create(
                role.text(),
                context.opening(role, () -> context.parts().objectiveModel(objective)),
                context.parts().backoff(),
                context.listener()),
            role.text() + "-" + objective.name(),
            role);
    return ScorerStage.start(
        context.kafka(),
        role.text(),
        objective.name(),
        BATCHES,
        context.parts().retries(),
        settled,
        rollouts ->
            context.<Scorer.Command, List<Score>>ask(
                actor, replyTo -> new Scorer.ScoreBatch(rollouts, replyTo)));
  }

  private static Role roleOf(ScorerRole role) {
    return switch (role) {
      case REWARD_SCORER -> Role.REWARD_SCORER;
      case COST_SCORER -> Role.COST_SCORER;
    };
  }
}
