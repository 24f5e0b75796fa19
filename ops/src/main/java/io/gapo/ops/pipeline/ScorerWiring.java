package io.gapo.ops.pipeline;

import akka.actor.typed.ActorRef;
import io.gapo.actors.scorer.Scorer;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.Score;
import io.gapo.core.rollout.SettledRollouts;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.ObjectiveConfig;
import io.gapo.ops.config.ObjectiveConfig.LearnedModel;
import io.gapo.streams.history.KafkaSettledHistory;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.scorer.ScorerFlow;
import io.gapo.streams.scorer.ScorerStage;
import io.gapo.streams.scorer.ScorerStage.Use;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Wires the scorers of one stage, an actor for each of its objectives: rollouts in, scores out. */
final class ScorerWiring {

  private static final ScorerFlow.Batches BATCHES =
      new ScorerFlow.Batches(32, Duration.ofMillis(5));

  private ScorerWiring() {}

  static StartedStage start(StageContext context, Stage stage) {
    List<ObjectiveConfig> scored =
        context.config().objectives().stream()
            .filter(objective -> isScoredBy(objective, stage))
            .toList();
    if (scored.isEmpty()) {
      return StartedStage.of(stage, Map.of(), List.of());
    }
    SettledRollouts settled = new KafkaSettledHistory(context.kafkaSettings()).now();
    Map<String, String> consumed = new HashMap<>();
    List<RunningStage> streams = new ArrayList<>();
    for (ObjectiveConfig objective : scored) {
      consumed.put(
          context.kafka().groups().scorer(stage, objective.name()),
          context.kafka().topics().rollouts());
      streams.add(start(context, stage, objective, settled));
    }
    return StartedStage.of(stage, Map.copyOf(consumed), streams);
  }

  /** Whether one of the stage's objectives is scored by a learned model. */
  static boolean hasModels(GapoConfig config, Stage stage) {
    return config.objectives().stream()
        .anyMatch(
            objective ->
                isScoredBy(objective, stage) && objective.scoring() instanceof LearnedModel);
  }

  private static boolean isScoredBy(ObjectiveConfig objective, Stage stage) {
    return objective.scoredBy().equals(Optional.of(stage));
  }

  private static RunningStage start(
      StageContext context, Stage stage, ObjectiveConfig objective, SettledRollouts settled) {
    ActorRef<Scorer.Command> actor =
        context.spawn(
            Scorer.create(
                stage,
                context.opening(stage, () -> context.parts().objectiveModel(objective)),
                context.parts().backoff(),
                context.listener()),
            stage + "-" + objective.name(),
            stage);
    return ScorerStage.start(
        context.kafka(),
        stage,
        objective.name(),
        objective.watchOnly() ? Use.WATCHING : Use.TRAINING,
        BATCHES,
        context.parts().retries(),
        settled,
        rollouts ->
            context.<Scorer.Command, List<Score>>ask(
                actor, replyTo -> new Scorer.ScoreBatch(rollouts, replyTo)));
  }
}
