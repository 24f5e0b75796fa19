package io.gapo.actors;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.AppliedUpdate;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.PolicyVersion;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.Score;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.StepId;
import io.gapo.core.step.StepStatistics;
import io.gapo.core.step.UpdateDirection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Domain objects for tests: two objectives, tiny rollouts. */
final class Examples {

  static final List<String> OBJECTIVES = List.of("helpful", "harmless");
  static final Backoff QUICK = new Backoff(Duration.ofMillis(1), Duration.ofMillis(4));
  static final GramMatrix GRAM = GramMatrix.of(new double[][] {{1, 0}, {0, 4}});

  private Examples() {}

  static Prompt prompt(String id) {
    return new Prompt(id, "question " + id);
  }

  static Rollout rollout(String promptId, int sampleIndex, long... versions) {
    return new Rollout(
        promptId,
        sampleIndex,
        "question " + promptId,
        "answer",
        new int[] {1},
        new int[versions.length],
        new float[versions.length],
        versions,
        FinishReason.LENGTH,
        0);
  }

  static Score score(Rollout rollout, String objective, double value) {
    return new Score(rollout.id(), rollout.digest(), objective, value);
  }

  static PolicySnapshot snapshot(long version, long epoch) {
    return new PolicySnapshot(new PolicyVersion(version), epoch, List.of());
  }

  static NamedTensor tensor(int value) {
    return new NamedTensor(
        "w", NamedTensor.DataType.F32, new long[] {1}, new byte[] {(byte) value, 0, 0, 0});
  }

  static StepStatistics statistics(int rollouts) {
    List<Double> zeros = List.of(0.0, 0.0);
    return new StepStatistics(
        OBJECTIVES, zeros, zeros, zeros, zeros, rollouts, 9, 0, 1, 1, 1, 0, 0, 0, Map.of());
  }

  static StepId step(long version, int attempt) {
    return new StepId(new PolicyVersion(version), attempt, "collector-0");
  }

  static UpdateDirection direction(StepId step) {
    Combination combination = new Combination(new double[] {0.5, 0.5}, new double[] {0.5, 0.25}, 0);
    return new UpdateDirection(step, combination, 0, GRAM);
  }

  static ObjectiveGradients gradients(StepId step, Rollout... rollouts) {
    return new ObjectiveGradients(
        step,
        GRAM,
        Optional.empty(),
        statistics(rollouts.length),
        references(rollouts),
        MethodMemory.NONE);
  }

  static GradientPart part(StepId step, Rollout... rollouts) {
    return new GradientPart(
        direction(step), statistics(rollouts.length), references(rollouts), List.of(tensor(1)));
  }

  static VersionLineage lineage(long version, long epoch, Rollout... rollouts) {
    return new VersionLineage(
        new PolicyVersion(version),
        epoch,
        direction(step(version - 1, 0)),
        statistics(rollouts.length),
        new AppliedUpdate(1, 0.1),
        references(rollouts),
        Instant.EPOCH);
  }

  static Settlement refused(Rollout rollout, long version) {
    return new Settlement(
        RolloutReference.to(rollout), Settlement.Fate.REFUSED, version, "not finite");
  }

  static List<RolloutReference> references(Rollout... rollouts) {
    return List.of(rollouts).stream().map(RolloutReference::to).toList();
  }
}
