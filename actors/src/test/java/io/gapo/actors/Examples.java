package io.gapo.actors;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.flow.Backoff;
import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.NamedTensor;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Domain objects for tests: two objectives, tiny rollouts. */
public final class Examples {

  public static final List<String> OBJECTIVES = List.of("helpful", "harmless");
  public static final Backoff QUICK = new Backoff(Duration.ofMillis(1), Duration.ofMillis(4));
  public static final GramMatrix GRAM = GramMatrix.of(new double[][] {{1, 0}, {0, 4}});

  private Examples() {}

  public static Prompt prompt(String id) {
    return new Prompt(id, "question " + id);
  }

  public static Rollout rollout(String promptId, int sampleIndex, long... versions) {
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

  public static Score score(Rollout rollout, String objective, double value) {
    return new Score(rollout.id(), rollout.digest(), objective, value);
  }

  public static PolicySnapshot snapshot(long version, long epoch) {
    return new PolicySnapshot(new PolicyVersion(version), epoch, List.of());
  }

  public static NamedTensor tensor(int value) {
    return new NamedTensor(
        "w", NamedTensor.DataType.F32, new long[] {1}, new byte[] {(byte) value, 0, 0, 0});
  }

  public static StepStatistics statistics(int rollouts) {
    return new StepStatistics(
        OBJECTIVES.stream().map(ObjectiveStatistics::none).toList(),
        rollouts,
        9,
        new PolicyStatistics(0, 1, 0.02),
        new ImportanceRatios(1, 1, 0),
        Staleness.NONE,
        Map.of());
  }

  public static StepId step(long version, int attempt) {
    return new StepId(new PolicyVersion(version), attempt, "collector-0");
  }

  public static UpdateDirection direction(StepId step) {
    Combination combination = new Combination(new double[] {0.5, 0.5}, new double[] {0.5, 0.25}, 0);
    return new UpdateDirection(step, combination, 0, GRAM);
  }

  public static ObjectiveGradients gradients(StepId step, Rollout... rollouts) {
    return new ObjectiveGradients(
        step,
        new MeasuredBatch(GRAM, Optional.empty(), statistics(rollouts.length), Optional.empty()),
        references(rollouts),
        MethodMemory.NONE);
  }

  public static GradientPart part(StepId step, Rollout... rollouts) {
    return new GradientPart(
        direction(step), statistics(rollouts.length), references(rollouts), List.of(tensor(1)));
  }

  public static VersionLineage lineage(long version, long epoch, Rollout... rollouts) {
    return new VersionLineage(
        new PolicyVersion(version),
        epoch,
        direction(step(version - 1, 0)),
        statistics(rollouts.length),
        new AppliedUpdate(1, 0.1),
        references(rollouts),
        Instant.EPOCH,
        null);
  }

  public static Settlement refused(Rollout rollout, long version) {
    return new Settlement(
        RolloutReference.to(rollout), Settlement.Fate.REFUSED, version, "not finite");
  }

  public static List<RolloutReference> references(Rollout... rollouts) {
    return List.of(rollouts).stream().map(RolloutReference::to).toList();
  }
}
