package io.gapo.ops.metrics;

import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.step.StepStatistics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the stages report into meters. Thread-safe.
 *
 * <p>A process that reads the lineage from its start receives old versions too: these set gauges
 * but count for nothing.
 */
public final class PipelineMeters implements PipelineListener {

  private static final double NANOS_A_SECOND = 1e9;

  private static final Duration[] PHASE_BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofMinutes(1)
  };

  private final MeterRegistry registry;
  private final Instant startedAt;
  private final Counter sampledTokens;
  private final Counter trainedTokens;
  private final Counter trainedRollouts;
  private final Counter refusedSteps;
  private final Timer stepTime;
  private final MeterProvider<Timer> phases;
  private final MeterProvider<Timer> recordAges;
  private final DistributionSummary responseLength;
  private final Gauges outstanding;
  private final Gauges quota;
  private final Gauges policyVersion;
  private final Gauges scores;
  private final Gauges awaitedScores;
  private final Gauges longestWait;
  private final StepGauges stepGauges;
  private @Nullable Instant lastStepAt;

  /**
   * @param objectives whose meters exist from the start, in the run's order
   * @param clock decides which versions are old
   */
  public PipelineMeters(MeterRegistry registry, List<String> objectives, Clock clock) {
    this.registry = registry;
    this.startedAt = clock.instant();
    this.sampledTokens = tokens("sampled");
    this.trainedTokens = tokens("trained");
    this.trainedRollouts = settled("trained");
    this.refusedSteps =
        Counter.builder("gapo.steps.refused")
            .description("Training steps refused because a loss or gradient was not finite")
            .register(registry);
    this.stepTime =
        Timer.builder("gapo.step")
            .description("Time from one policy version to the next")
            .serviceLevelObjectives(PHASE_BUCKETS)
            .register(registry);
    this.phases = timers("gapo.step.phase", "Time a stage spent in one phase of its work");
    this.recordAges =
        timers(
            "gapo.record.age",
            "Time from the writing of a record to the moment when a stage took it");
    this.responseLength =
        DistributionSummary.builder("gapo.rollout.length")
            .description("Response tokens of a finished rollout")
            .baseUnit("tokens")
            .serviceLevelObjectives(8, 32, 128, 512, 2048)
            .register(registry);
    this.outstanding =
        new Gauges(
            registry,
            "gapo.rollouts.outstanding",
            "Rollouts sampled or being sampled that no policy version has used yet",
            null);
    this.quota =
        new Gauges(
            registry,
            "gapo.rollouts.quota",
            "Outstanding rollouts beyond which no further prompt is admitted",
            null);
    this.policyVersion =
        new Gauges(
            registry,
            "gapo.policy.version",
            "Number of the policy version that a stage works with",
            null);
    this.scores =
        new Gauges(
            registry,
            "gapo.scorer.score",
            "Mean score of the rollouts that were scored last, before any of them is trained on",
            null);
    this.awaitedScores =
        new Gauges(
            registry,
            "gapo.scores.awaited",
            "Rollouts that wait at a gradient collector for a score of an objective",
            "rollouts");
    this.longestWait =
        new Gauges(
            registry,
            "gapo.scores.longest.wait",
            "How long the first of the rollouts has waited that wait for a score of an objective",
            "seconds");
    this.stepGauges = new StepGauges(registry, objectives);
  }

  private Counter tokens(String use) {
    return Counter.builder("gapo.tokens")
        .description("Response tokens, by what was done with them")
        .tag("use", use)
        .register(registry);
  }

  private MeterProvider<Timer> timers(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(PHASE_BUCKETS)
        .withRegistry(registry);
  }

  private Counter settled(String fate) {
    return Counter.builder("gapo.rollouts.settled")
        .description("Rollouts that will not be used again, by what became of them")
        .tag("fate", fate)
        .register(registry);
  }

  @Override
  public void phase(Stage stage, String phase, Duration duration) {
    phases.withTags("stage", stage.text(), "phase", phase).record(duration);
  }

  @Override
  public void waited(Stage stage, Duration duration) {
    Timer.builder("gapo.stage.wait")
        .description("Time in which a stage had nothing that it could do")
        .tag("stage", stage.text())
        .register(registry)
        .record(duration);
  }

  @Override
  public void recordTaken(Stage stage, String topic, Duration age) {
    recordAges.withTags("stage", stage.text(), "topic", topic).record(age);
  }

  @Override
  public void tokensSampled(int tokens) {
    sampledTokens.increment(tokens);
  }

  @Override
  public void rolloutFinished(Rollout rollout) {
    responseLength.record(rollout.responseTokens().length);
  }

  @Override
  public void outstandingRollouts(int rollouts, int limit) {
    outstanding.set(rollouts);
    quota.set(limit);
  }

  @Override
  public void scored(String objective, double meanScore) {
    scores.set(meanScore, "objective", objective);
  }

  @Override
  public void scoresAwaited(String objective, int rollouts, Duration longest) {
    awaitedScores.set(rollouts, "objective", objective);
    longestWait.set(longest.toNanos() / NANOS_A_SECOND, "objective", objective);
  }

  @Override
  public void quarantined(Stage stage, String topic) {
    Counter.builder("gapo.quarantined")
        .description("Records that could not be processed and went to quarantine")
        .baseUnit("records")
        .tags("stage", stage.text(), "topic", topic)
        .register(registry)
        .increment();
  }

  @Override
  public void transferSkipped(Stage stage, String topic, String reason) {
    Counter.builder("gapo.transfers.skipped")
        .description("Tensor transfers ignored because they did not arrive complete")
        .tags("stage", stage.text(), "topic", topic)
        .register(registry)
        .increment();
  }

  @Override
  public void settledSkipped(Stage stage) {
    Counter.builder("gapo.settled.skipped")
        .description("Prompts and rollouts passed over because they came although settled before")
        .tags("stage", stage.text())
        .register(registry)
        .increment();
  }

  @Override
  public void settled(Settlement settlement) {
    settled(settlement.fate().name().toLowerCase(Locale.ROOT)).increment();
  }

  @Override
  public void versionAdopted(Stage stage, PolicyVersion version) {
    policyVersion.set((double) version.number(), "stage", stage.text());
  }

  @Override
  public void stepRefused(String reason) {
    refusedSteps.increment();
  }

  @Override
  public synchronized void versionMade(VersionLineage lineage) {
    StepStatistics statistics = lineage.statistics();
    stepGauges.set(lineage);
    if (!lineage.appliedAt().isBefore(startedAt)) {
      trainedTokens.increment((double) statistics.responseTokens());
      trainedRollouts.increment(lineage.rollouts().size());
      if (lastStepAt != null) {
        stepTime.record(Duration.between(lastStepAt, lineage.appliedAt()));
      }
    }
    lastStepAt = lineage.appliedAt();
  }
}
