package io.gapo.streams.integration;

import static io.gapo.streams.integration.TestCluster.await;
import static io.gapo.streams.integration.TestCluster.awaitUntil;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import io.gapo.core.flow.Backoff;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoreRecord;
import io.gapo.core.rollout.SettledRollouts;
import io.gapo.core.step.UpdateDirection;
import io.gapo.streams.codec.LineageCodec;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.PromptJson;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.codec.QuarantinedCodec;
import io.gapo.streams.codec.RecordCodec;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.codec.ScoreCodec;
import io.gapo.streams.collector.CollectorShare;
import io.gapo.streams.collector.GradientCollectorStage;
import io.gapo.streams.collector.KafkaStepPublisher;
import io.gapo.streams.combiner.MgdaCombinerStage;
import io.gapo.streams.generator.RolloutGeneratorStage;
import io.gapo.streams.generator.SeenPrompts;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.kafka.TopicReader;
import io.gapo.streams.scorer.Retries;
import io.gapo.streams.scorer.ScorerFlow.Batches;
import io.gapo.streams.scorer.ScorerStage;
import io.gapo.streams.scorer.ScorerStage.Use;
import io.gapo.streams.topic.Quarantined;
import io.gapo.streams.topic.RawRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("integration")
@ExtendWith(SharedCluster.class)
class StagesIT {

  private static final Duration WINDOW = Duration.ofMillis(5);
  private static final Retries RETRIES =
      new Retries(2, new Backoff(Duration.ofMillis(1), Duration.ofMillis(1)));

  private final TestCluster cluster;

  StagesIT(TestCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void everyPromptIsSampledOrInQuarantineAndItsOffsetCommitted() throws Exception {
    KafkaSettings settings = cluster.topics("generator.");
    Map<String, Integer> quarantined = new ConcurrentHashMap<>();
    KafkaAccess kafka = cluster.access(settings, countingInto(quarantined));
    String prompts = settings.topics().prompts();
    List<byte[]> malformed =
        List.of(
            utf8("{"),
            utf8("{}"),
            utf8("{\"prompt\": 5}"),
            new byte[] {'"', (byte) 0xff},
            new byte[1_000_000]);
    for (int i = 0; i < 20; i++) {
      TestCluster.write(kafka, prompts, i % 2, "k" + i, PromptJson.encode(prompt("p" + i)));
      TestCluster.write(kafka, prompts, i % 2, null, malformed.get(i % malformed.size()));
    }
    TestCluster.write(kafka, prompts, 0, null, null);
    TestCluster.write(kafka, prompts, 0, null, PromptJson.encode(prompt("p4")));

    RunningStage stage = startGenerator(kafka, answered(Samples::rollouts));
    awaitUntil("all is done", () -> committed(settings).equals(Map.of(0, 22L, 1, 20L)));
    await(stage.drainAndShutdown());
    await(stage.completion());

    assertThat(rolloutIds(settings)).hasSize(40).doesNotHaveDuplicates();
    List<Quarantined> records = quarantine(settings);
    assertThat(records).hasSize(22);
    assertThat(records).extracting(Quarantined::stage).containsOnly("rollout-generator");
    assertThat(records)
        .extracting(Quarantined::reason)
        .anyMatch(reason -> reason.startsWith("malformed JSON"))
        .anyMatch(reason -> reason.equals("'prompt' is missing"))
        .anyMatch(reason -> reason.equals("'prompt' must be a string, but is a number"))
        .anyMatch(reason -> reason.equals("invalid UTF-8"))
        .anyMatch(reason -> reason.startsWith("too large: the record has 1000000 bytes"))
        .anyMatch(reason -> reason.equals("the record has no value (a tombstone)"))
        .anyMatch(reason -> reason.startsWith("duplicate: prompt id 'p4' was used before"));
    assertThat(quarantined).isEqualTo(Map.of("rollout-generator of " + prompts, 22));
  }

  @Test
  void aGeneratorThatFailsStartsAgainAndLosesNothing() throws Exception {
    KafkaSettings settings = cluster.topics("failing.");
    KafkaAccess kafka = cluster.access(settings);
    for (int i = 0; i < 10; i++) {
      byte[] value = PromptJson.encode(prompt("p" + i));
      TestCluster.write(kafka, settings.topics().prompts(), i % 2, null, value);
    }
    AtomicInteger failures = new AtomicInteger();

    RunningStage stage =
        startGenerator(
            kafka,
            prompt ->
                prompt.id().equals("p7") && failures.incrementAndGet() <= 3
                    ? CompletableFuture.failedFuture(new IllegalStateException("out of memory"))
                    : CompletableFuture.completedFuture(Samples.rollouts(prompt)));
    awaitUntil("all is done", () -> committed(settings).equals(Map.of(0, 5L, 1, 5L)));
    await(stage.drainAndShutdown());

    assertThat(Set.copyOf(rolloutIds(settings))).hasSize(20);
    assertThat(quarantine(settings)).isEmpty();
  }

  @Test
  void drainingCommitsWhatIsDoneAndLeavesTheRest() throws Exception {
    KafkaSettings settings = cluster.topics("draining.");
    KafkaAccess kafka = cluster.access(settings);
    for (int i = 0; i < 6; i++) {
      Rollout rollout = Samples.rollout("p" + i, 0);
      byte[] value = new RolloutCodec().encode(rollout);
      TestCluster.write(kafka, settings.topics().rollouts(), 0, rollout.promptId(), value);
    }
    Map<String, CompletableFuture<Done>> unsettled = new ConcurrentHashMap<>();

    RunningStage stage =
        GradientCollectorStage.start(
            kafka,
            new CollectorShare("0", 0, 1),
            100,
            2,
            rollout -> unsettled.computeIfAbsent(rollout.id(), id -> new CompletableFuture<>()),
            score -> new CompletableFuture<>(),
            direction -> CompletableFuture.completedFuture(Done.done()),
            contribution -> CompletableFuture.completedFuture(Done.done()));
    awaitUntil("all rollouts are there", () -> unsettled.size() == 6);
    for (String settled : List.of("p0#0", "p1#0", "p3#0")) {
      requireNonNull(unsettled.get(settled)).complete(Done.done());
    }
    await(stage.drainAndShutdown());
    await(stage.completion());

    assertThat(
            new TopicReader(settings)
                .committed(settings.groups().collectorRollouts(), settings.topics().rollouts()))
        .isEqualTo(Map.of(0, 2L));
  }

  @Test
  void scoresOfEveryObjectiveJoinTheirRollouts() throws Exception {
    KafkaSettings settings = cluster.topics("scorers.");
    KafkaAccess kafka = cluster.access(settings);
    RunningStage reward =
        ScorerStage.start(
            kafka,
            Stage.REWARD_SCORER,
            "helpful",
            Use.TRAINING,
            new Batches(8, WINDOW),
            RETRIES,
            new SettledRollouts(),
            answered(rollouts -> Samples.scores(rollouts, "helpful")));
    RunningStage cost =
        ScorerStage.start(
            kafka,
            Stage.COST_SCORER,
            "harmless",
            Use.TRAINING,
            new Batches(8, WINDOW),
            RETRIES,
            new SettledRollouts(),
            rollouts ->
                rollouts.stream().anyMatch(rollout -> rollout.promptId().equals("p3"))
                    ? CompletableFuture.failedFuture(new IllegalStateException("NaN"))
                    : CompletableFuture.completedFuture(Samples.scores(rollouts, "harmless")));

    for (int i = 0; i < 20; i++) {
      Rollout rollout = Samples.rollout("p" + i, 0);
      byte[] value = new RolloutCodec().encode(rollout);
      TestCluster.write(kafka, settings.topics().rollouts(), i % 2, rollout.promptId(), value);
    }
    TestCluster.write(kafka, settings.topics().rollouts(), 0, null, utf8("nonsense"));
    awaitUntil("all is scored", () -> scores(settings).size() == 39);
    awaitUntil("all is given up", () -> quarantine(settings).size() == 3);
    await(reward.drainAndShutdown());
    await(cost.drainAndShutdown());

    assertThat(scores(settings))
        .filteredOn(score -> score.objective().equals("helpful"))
        .hasSize(20);
    assertThat(quarantine(settings))
        .extracting(Quarantined::stage)
        .containsExactlyInAnyOrder("cost-scorer", "cost-scorer", "reward-scorer");
    List<LineageRecord> lineage = lineage(settings);
    assertThat(lineage).hasSize(1);
    assertThat(lineage.get(0).toString()).contains("p3#0").contains("QUARANTINED");
  }

  @Test
  void aMeasuredBatchGetsItsDirection() throws Exception {
    KafkaSettings settings = cluster.topics("combiner.");
    KafkaAccess kafka = cluster.access(settings);
    ConcurrentLinkedQueue<UpdateDirection> received = new ConcurrentLinkedQueue<>();
    RunningStage collector =
        GradientCollectorStage.start(
            kafka,
            new CollectorShare("0", 0, 1),
            100,
            2,
            rollout -> new CompletableFuture<>(),
            score -> new CompletableFuture<>(),
            direction -> {
              received.add(direction);
              return CompletableFuture.completedFuture(Done.done());
            },
            contribution -> CompletableFuture.completedFuture(Done.done()));
    RunningStage combiner =
        MgdaCombinerStage.start(
            kafka,
            answered(gradients -> List.of(Samples.direction(gradients.step().version().number()))));

    await(KafkaStepPublisher.create(kafka).publish(Samples.objectiveGradients(3)));
    awaitUntil("the direction is received", () -> !received.isEmpty());
    await(combiner.drainAndShutdown());
    await(collector.drainAndShutdown());

    assertThat(received).containsExactly(Samples.direction(3));
  }

  @Test
  void aStageThatFailsAllTheTimeGivesUp() throws Exception {
    KafkaSettings settings = cluster.topics("hopeless.");
    KafkaAccess kafka = cluster.access(settings);
    TestCluster.write(kafka, settings.topics().prompts(), 0, null, PromptJson.encode(prompt("p")));
    AtomicInteger attempts = new AtomicInteger();

    RunningStage stage =
        startGenerator(
            kafka,
            prompt -> {
              attempts.incrementAndGet();
              return CompletableFuture.failedFuture(new IllegalStateException("no weights"));
            });

    assertThatThrownBy(() -> await(stage.completion())).hasStackTraceContaining("no weights");
    assertThat(attempts).hasValueGreaterThan(5);
    await(stage.drainAndShutdown());
  }

  private static RunningStage startGenerator(
      KafkaAccess kafka, Function<Prompt, CompletionStage<List<Rollout>>> generate) {
    return RolloutGeneratorStage.start(
        kafka, PromptLimits.DEFAULT, new SeenPrompts(1000), 4, generate);
  }

  private static <Q, A> Function<Q, CompletionStage<A>> answered(Function<Q, A> answer) {
    return question -> CompletableFuture.completedFuture(answer.apply(question));
  }

  private static PipelineListener countingInto(Map<String, Integer> quarantined) {
    return new PipelineListener() {
      @Override
      public void quarantined(Stage stage, String topic) {
        quarantined.merge(stage + " of " + topic, 1, Integer::sum);
      }
    };
  }

  private static Prompt prompt(String id) {
    return new Prompt(id, "Hello?");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Map<Integer, Long> committed(KafkaSettings settings) {
    return new TopicReader(settings)
        .committed(settings.groups().rolloutGenerator(), settings.topics().prompts());
  }

  private static List<String> rolloutIds(KafkaSettings settings) throws Exception {
    List<String> ids = new ArrayList<>();
    for (RawRecord record : TestCluster.read(settings, settings.topics().rollouts())) {
      ids.add(new RolloutCodec().decode(record.value()).id());
    }
    return ids;
  }

  private static List<Quarantined> quarantine(KafkaSettings settings) {
    return decoded(settings, settings.topics().quarantine(), new QuarantinedCodec());
  }

  private static List<ScoreRecord> scores(KafkaSettings settings) {
    return decoded(settings, settings.topics().scores(), new ScoreCodec());
  }

  private static List<LineageRecord> lineage(KafkaSettings settings) {
    return decoded(settings, settings.topics().lineage(), new LineageCodec());
  }

  private static <T> List<T> decoded(KafkaSettings settings, String topic, RecordCodec<T> codec) {
    return TestCluster.read(settings, topic).stream()
        .map(
            record -> {
              try {
                return codec.decode(record.value());
              } catch (MalformedRecordException e) {
                throw new AssertionError(e);
              }
            })
        .toList();
  }
}
