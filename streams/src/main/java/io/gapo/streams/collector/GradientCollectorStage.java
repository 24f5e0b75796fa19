package io.gapo.streams.collector;

import akka.Done;
import akka.NotUsed;
import akka.kafka.ConsumerMessage.CommittableOffset;
import akka.stream.javadsl.FlowWithContext;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.Score;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.UpdateDirection;
import io.gapo.streams.intake.Quarantine;
import io.gapo.streams.kafka.CommittingStream;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.PlainStream;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.version.LineageFeed;
import io.gapo.streams.version.PolicyVersionFeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * From topics {@code rollouts}, {@code scores} and {@code update-directions} to one gradient
 * collector, whose results a {@link KafkaStepPublisher} publishes. It also wants a {@link
 * LineageFeed} and a {@link PolicyVersionFeed}.
 */
public final class GradientCollectorStage {

  private static final String STAGE = "gradient-collector";

  private GradientCollectorStage() {}

  /**
   * Starts the stage. When it is drained, rollouts that are not settled are left for the next
   * start.
   *
   * @param share which rollouts are this collector's
   * @param inFlight rollouts that may wait for their fate at a time; see {@link
   *     GradientCollectorFlow}
   * @param objectives how many scores each of them has
   * @param rollout completes when the rollout is settled
   * @param score completes when its rollout is settled
   * @param direction completes when the direction is heard
   * @param contribution completes when what a collector contributed is heard; of use where there
   *     are several
   */
  public static RunningStage start(
      KafkaAccess kafka,
      CollectorShare share,
      int inFlight,
      int objectives,
      Function<Rollout, CompletionStage<?>> rollout,
      Function<Score, CompletionStage<?>> score,
      Function<UpdateDirection, CompletionStage<?>> direction,
      Function<ObjectiveGradients, CompletionStage<?>> contribution) {
    Quarantine quarantine = kafka.quarantine(STAGE);
    List<RunningStage> parts = new ArrayList<>();
    parts.add(
        CommittingStream.start(
            STAGE,
            STAGE + "'s directions",
            kafka,
            kafka.topics().updateDirections(),
            directionsGroup(kafka, share),
            Duration.ZERO,
            GradientCollectorFlow.directions(direction, quarantine)));
    parts.add(
        inputs(
            STAGE + "'s scores",
            kafka,
            share,
            kafka.topics().scores(),
            kafka.groups().collectorScores(),
            GradientCollectorFlow.scores(inFlight * objectives, score, quarantine)));
    parts.add(
        inputs(
            STAGE + "'s rollouts",
            kafka,
            share,
            kafka.topics().rollouts(),
            kafka.groups().collectorRollouts(),
            GradientCollectorFlow.rollouts(inFlight, rollout, quarantine)));
    if (!share.isAll()) {
      parts.add(contributions(kafka, contribution));
    }
    return RunningStage.of(STAGE, parts);
  }

  /** From now on: whoever waits for an answer sends its contribution again. */
  private static RunningStage contributions(
      KafkaAccess kafka, Function<ObjectiveGradients, CompletionStage<?>> contribution) {
    String topic = kafka.topics().objectiveGradients();
    return PlainStream.start(
        STAGE,
        STAGE + "'s contributions",
        kafka,
        topic,
        Duration.ZERO,
        PlainStream.decidedBy(
            kafka,
            topic,
            range ->
                new PlainStream.From<>(
                    range.end(), GradientCollectorFlow.contributions(contribution))));
  }

  /** Every collector hears every direction, so that each is a group of its own. */
  public static String directionsGroup(KafkaAccess kafka, CollectorShare share) {
    return share.isAll()
        ? kafka.groups().collectorDirections()
        : kafka.groups().collectorDirections(share.collector());
  }

  private static RunningStage inputs(
      String name,
      KafkaAccess kafka,
      CollectorShare share,
      String topic,
      String group,
      FlowWithContext<RawRecord, CommittableOffset, Done, CommittableOffset, NotUsed> graph) {
    return share.isAll()
        ? CommittingStream.start(STAGE, name, kafka, topic, group, Duration.ZERO, graph)
        : CommittingStream.start(
            STAGE,
            name,
            kafka,
            topic,
            share.partitions(topic, partitions(kafka)),
            group,
            Duration.ZERO,
            graph);
  }

  /** A rollout and its scores are one collector's only if their topics have as many partitions. */
  private static int partitions(KafkaAccess kafka) {
    int rollouts = kafka.reader().ranges(kafka.topics().rollouts()).size();
    int scores = kafka.reader().ranges(kafka.topics().scores()).size();
    if (rollouts != scores) {
      throw new IllegalStateException(
          "topics %s and %s have %d and %d partitions, several gradient collectors need as many of both: add partitions"
              .formatted(kafka.topics().rollouts(), kafka.topics().scores(), rollouts, scores));
    }
    return rollouts;
  }
}
