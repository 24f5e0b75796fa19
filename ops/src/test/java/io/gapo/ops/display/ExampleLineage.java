package io.gapo.ops.display;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.step.ImportanceRatios;
import io.gapo.core.step.ObjectiveStatistics;
import io.gapo.core.step.OffPolicyTokens;
import io.gapo.core.step.PolicyStatistics;
import io.gapo.core.step.Staleness;
import io.gapo.core.step.StepId;
import io.gapo.core.step.StepStatistics;
import io.gapo.core.step.UpdateDirection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Lineages with figures that are easy to recognize, for any number of objectives. */
public final class ExampleLineage {

  private ExampleLineage() {}

  /** Orthogonal gradients, equal shares. */
  public static VersionLineage of(long version, Instant appliedAt, List<String> objectives) {
    return of(version, appliedAt, objectives, 0);
  }

  public static VersionLineage of(
      long version, Instant appliedAt, List<String> objectives, double klWeight) {
    return of(version, appliedAt, objectives, klWeight, List.of(), ratios());
  }

  /** The lineage of a step of tokens with these ratios. */
  public static VersionLineage ofRatios(
      long version, Instant appliedAt, List<String> objectives, ImportanceRatios ratios) {
    return of(version, appliedAt, objectives, 0, List.of(), ratios);
  }

  /** The lineage of a step that left some objectives out. */
  public static VersionLineage leavingOut(
      long version, Instant appliedAt, List<String> objectives, List<String> leftOut) {
    return of(version, appliedAt, objectives, 0, leftOut, ratios());
  }

  private static ImportanceRatios ratios() {
    return new ImportanceRatios(
        1.01,
        1.5,
        0.03,
        new TreeMap<>(
            Map.of(
                0L, new OffPolicyTokens(75, 0, 1, 1, 0),
                2L, new OffPolicyTokens(25, 0.02, 0.5, 0.5, 0.25))));
  }

  private static VersionLineage of(
      long version,
      Instant appliedAt,
      List<String> objectives,
      double klWeight,
      List<String> leftOut,
      ImportanceRatios ratios) {
    int m = objectives.size();
    double[][] gram = new double[m][m];
    double[] alpha = new double[m];
    for (int i = 0; i < m; i++) {
      gram[i][i] = (i + 1) * (i + 1);
      alpha[i] = 1.0 / m;
    }
    UpdateDirection direction =
        new UpdateDirection(
            new StepId(new PolicyVersion(version - 1), 0, "0"),
            new Combination(alpha, alpha, 1e-15, leftOut, MethodMemory.NONE),
            klWeight,
            GramMatrix.of(gram));
    StepStatistics statistics =
        new StepStatistics(
            IntStream.range(0, m)
                .mapToObj(
                    i ->
                        new ObjectiveStatistics(
                            objectives.get(i), i + 0.5, 0.75, -0.1, 0.2, 2.5, i + 0.25))
                .toList(),
            64,
            3200,
            new PolicyStatistics(0.0125, 2.5, 0.02),
            ratios,
            new Staleness(0.5, 1),
            Map.of("measure", 0.25, "backward", 0.75));
    return new VersionLineage(
        new PolicyVersion(version),
        1,
        direction,
        statistics,
        new AppliedUpdate(1.25, 1e-4),
        List.of(),
        appliedAt,
        null);
  }
}
