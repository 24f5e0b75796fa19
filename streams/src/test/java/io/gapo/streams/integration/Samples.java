package io.gapo.streams.integration;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.Score;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.ImportanceRatios;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.ObjectiveStatistics;
import io.gapo.core.step.PolicyStatistics;
import io.gapo.core.step.Staleness;
import io.gapo.core.step.StepId;
import io.gapo.core.step.StepStatistics;
import io.gapo.core.step.UpdateDirection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** Small records to send through the pipeline. */
final class Samples {

  private Samples() {}

  static Rollout rollout(String promptId, int sampleIndex) {
    return rollout(new Prompt(promptId, "Hello?"), sampleIndex);
  }

  private static Rollout rollout(Prompt prompt, int sampleIndex) {
    return new Rollout(
        prompt.id(),
        sampleIndex,
        prompt.text(),
        "Hello.",
        new int[] {1, 2},
        new int[] {3},
        new float[] {-0.5f},
        new long[] {0},
        FinishReason.LENGTH,
        7);
  }

  /** Two rollouts, as a sampler would answer. */
  static List<Rollout> rollouts(Prompt prompt) {
    return List.of(rollout(prompt, 0), rollout(prompt, 1));
  }

  static List<Score> scores(List<Rollout> rollouts, String objective) {
    return rollouts.stream().map(r -> new Score(r.id(), r.digest(), objective, 1.5)).toList();
  }

  static GramMatrix gram() {
    return GramMatrix.of(new double[][] {{1, 0.5}, {0.5, 2}});
  }

  static StepStatistics statistics() {
    return new StepStatistics(
        List.of(ObjectiveStatistics.none("helpful"), ObjectiveStatistics.none("harmless")),
        2,
        2,
        PolicyStatistics.NONE,
        new ImportanceRatios(1, 1, 0),
        Staleness.NONE,
        Map.of());
  }

  static StepId step(long version) {
    return new StepId(new PolicyVersion(version), 0, "collector");
  }

  static ObjectiveGradients objectiveGradients(long version) {
    return new ObjectiveGradients(
        step(version),
        new MeasuredBatch(gram(), Optional.empty(), statistics(), Optional.empty()),
        references("a"),
        MethodMemory.of("a method", Map.of("helpful", List.of(0.5))));
  }

  static UpdateDirection direction(long version) {
    Combination combination =
        new Combination(new double[] {0.5, 0.5}, new double[] {0.5, 0.25}, 1e-14);
    return new UpdateDirection(step(version), combination, 0, gram());
  }

  static List<RolloutReference> references(String... promptIds) {
    return Stream.of(promptIds).map(id -> RolloutReference.to(rollout(id, 0))).toList();
  }

  static VersionLineage lineage(long version, String... promptIds) {
    return new VersionLineage(
        new PolicyVersion(version),
        1,
        direction(version - 1),
        statistics(),
        new AppliedUpdate(1, 1e-5),
        references(promptIds),
        Instant.EPOCH,
        null);
  }

  static GradientPart gradientPart(long version, int elements) {
    return new GradientPart(
        direction(version), statistics(), references("a"), tensors(version, elements));
  }

  static PolicySnapshot snapshot(long version, long epoch, int elements) {
    return new PolicySnapshot(
        new PolicyVersion(version), epoch, tensors(10 * version + epoch, elements));
  }

  /** One tensor of random floats. */
  private static List<NamedTensor> tensors(long seed, int elements) {
    byte[] data = new byte[4 * elements];
    new Random(seed).nextBytes(data);
    return List.of(new NamedTensor("weight", DataType.F32, new long[] {elements}, data));
  }
}
