package io.gapo.streams.collector;

import akka.Done;
import akka.NotUsed;
import akka.kafka.ConsumerMessage.CommittableOffset;
import akka.stream.javadsl.FlowWithContext;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoreRecord;
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
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * From topics {@code rollouts}, {@code scores} and {@code update-directions} to one gradient
 * collector, whose results a {@link KafkaStepPublisher} publishes. It also wants a {@link
 * LineageFeed} and a {@link PolicyVersionFeed}.
 */
public final class GradientCollectorStage {

  private static final Stage STAGE = Stage.GRADIENT_COLLECTOR;

  private GradientCollectorStage() {}

  /**
   * Starts the stage. When it is drained, rollouts that are not settled are left for the next
   * start. One of several collectors takes up its share of partitions that are added meanwhile.
   *
   * @param share which rollouts are this collector's
   * @param inFlight rollouts that may wait for their fate at a time; see {@link
   *     GradientCollectorFlow}
   * @param objectives how many scores each of them has
   * @param rollout completes when the rollout is settled
   * @param score completes when its rollout is settled; fails with a {@link
   *     io.gapo.core.port.RejectedScoreException} if it joins none
   * @param direction completes when the direction is received
   * @param contribution completes when what a collector contributed is received; used where there
   *     are several
   */
  public static RunningStage start(
      KafkaAccess kafka,
      CollectorShare share,
      int inFlight,
      int objectives,
      Function<Rollout, CompletionStage<?>> rollout,
      Function<ScoreRecord, CompletionStage<?>> score,
      Function<UpdateDirection, CompletionStage<?>> direction,
      Function<ObjectiveGradients, CompletionStage<?>> contribution) {
    Optional<CollectorPartitions> own =
        share.isAll() ? Optional.empty() : Optional.of(CollectorPartitions.open(kafka, share));
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
            own,
            kafka.topics().scores(),
            kafka.groups().collectorScores(),
            GradientCollectorFlow.scores(inFlight * objectives, score, quarantine)));
    parts.add(
        inputs(
            STAGE + "'s rollouts",
            kafka,
            own,
            kafka.topics().rollouts(),
            kafka.groups().collectorRollouts(),
            GradientCollectorFlow.rollouts(inFlight, rollout, quarantine)));
    if (!share.isAll()) {
      parts.add(contributions(kafka, contribution));
    }
    return RunningStage.of(STAGE.text(), parts);
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

  /** Every collector receives every direction, so that each has a consumer group of its own. */
  public static String directionsGroup(KafkaAccess kafka, CollectorShare share) {
    return share.isAll()
        ? kafka.groups().collectorDirections()
        : kafka.groups().collectorDirections(share.collector());
  }

  /**
   * @param own empty for a collector that has everything: Kafka assigns it what partitions there
   *     are
   */
  private static RunningStage inputs(
      String name,
      KafkaAccess kafka,
      Optional<CollectorPartitions> own,
      String topic,
      String group,
      FlowWithContext<RawRecord, CommittableOffset, Done, CommittableOffset, NotUsed> graph) {
    return own.map(
            partitions ->
                CommittingStream.start(
                    STAGE,
                    name,
                    kafka,
                    topic,
                    () -> partitions.of(topic),
                    group,
                    Duration.ZERO,
                    graph))
        .orElseGet(
            () -> CommittingStream.start(STAGE, name, kafka, topic, group, Duration.ZERO, graph));
  }
}
