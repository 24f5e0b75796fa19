package io.gapo.core.step;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.RolloutReference;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Steps for tests, with one objective. */
public final class StepExamples {

  private static final GramMatrix GRAM = GramMatrix.of(new double[][] {{1}});

  private StepExamples() {}

  public static StepStatistics statistics() {
    return new StepStatistics(
        List.of(ObjectiveStatistics.none("helpful")),
        1,
        1,
        PolicyStatistics.NONE,
        new ImportanceRatios(1, 1, 0),
        Staleness.NONE,
        Map.of());
  }

  /** The combiner remembers the number of the version that comes of it. */
  public static UpdateDirection direction(StepId step) {
    double[] all = {1};
    Combination combination = new Combination(all, all, 0, memory(step.version().next().number()));
    return new UpdateDirection(step, combination, 0, GRAM);
  }

  /** A method memory that is told apart by its version. */
  public static MethodMemory memory(long version) {
    return MethodMemory.of("a method", Map.of("helpful", List.of((double) version)));
  }

  public static GradientPart part(long version, String collector, String... rolloutIds) {
    StepId step = new StepId(new PolicyVersion(version), 0, collector);
    return new GradientPart(direction(step), statistics(), references(rolloutIds), List.of());
  }

  /** The part of one of two collectors that make a version together. */
  public static GradientPart ofPair(long version, String collector, String... rolloutIds) {
    GradientPart alone = part(version, collector, rolloutIds);
    UpdateDirection direction = alone.direction();
    return new GradientPart(
        new UpdateDirection(
            direction.step(),
            direction.combination(),
            direction.klWeight(),
            direction.gram(),
            null,
            new BatchUnion(GRAM, 2, 2, 2)),
        alone.statistics(),
        alone.rollouts(),
        alone.gradient());
  }

  public static VersionLineage lineage(long version, long epoch, String... rolloutIds) {
    StepId step = new StepId(new PolicyVersion(version - 1), 0, "collector");
    return new VersionLineage(
        new PolicyVersion(version),
        epoch,
        direction(step),
        statistics(),
        new AppliedUpdate(1, 1),
        references(rolloutIds),
        Instant.EPOCH,
        null);
  }

  public static List<RolloutReference> references(String... rolloutIds) {
    return Stream.of(rolloutIds)
        .map(id -> new RolloutReference(id, "digest", "prompt", 0, "text"))
        .toList();
  }
}
