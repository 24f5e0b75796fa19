package io.gapo.ops.display;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.step.ScopeAudit;
import io.gapo.core.step.StepStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What there is to say about one training step.
 *
 * @param step the number of the version that it made
 * @param attempt above 0 if earlier attempts were refused
 * @param seconds since the step before
 * @param tokensPerSecond response tokens trained on, over these seconds
 * @param objectives by name, in the run's order
 * @param pairs every pair of objectives once
 * @param kl from the reference policy, nats a token
 * @param entropy nats a token
 * @param klWeight above 0 if the step only pulled the policy back to the reference
 * @param gradientNorm of the whole gradient, before clipping
 * @param audit null where the step was not audited
 */
public record StepFigures(
    long step,
    int attempt,
    Instant appliedAt,
    double seconds,
    double tokensPerSecond,
    Map<String, ObjectiveFigures> objectives,
    List<PairFigures> pairs,
    double kl,
    double entropy,
    double importanceRatioMean,
    double importanceRatioMax,
    double clipFraction,
    double stalenessMean,
    long stalenessMax,
    int rollouts,
    long responseTokens,
    double klWeight,
    double dualityGap,
    double gradientNorm,
    double learningRate,
    Map<String, Double> phaseSeconds,
    @Nullable AuditFigures audit) {

  /**
   * How the step's direction compares with the one by the gradients of everything trainable.
   *
   * @param angleDegrees between them; NaN where one of them is 0
   * @param alpha each objective's share by everything trainable
   * @param pairs every pair of objectives once, over everything trainable
   */
  public record AuditFigures(
      double angleDegrees, Map<String, Double> alpha, List<PairFigures> pairs) {}

  /**
   * One objective's part in a step.
   *
   * @param nonNegativeShare of rollouts; for harmlessness this is the harmless ratio
   * @param alpha its share of the direction
   * @param weight of its raw gradient
   * @param leftOut whether the step left it out because it had no gradient
   * @param gradientNorm of its raw last-layer gradient
   */
  public record ObjectiveFigures(
      double meanScore,
      double nonNegativeShare,
      double alpha,
      double weight,
      boolean leftOut,
      double gradientNorm,
      double loss,
      double valueLoss) {}

  /** How far two objectives agree: the cosine of their gradients' angle. */
  public record PairFigures(String first, String second, double cosine) {}

  /**
   * The figures of a step.
   *
   * @param sincePrevious from the step before, or from the start of the run
   */
  public static StepFigures of(VersionLineage lineage, Duration sincePrevious) {
    StepStatistics statistics = lineage.statistics();
    double seconds = sincePrevious.toNanos() / 1e9;
    return new StepFigures(
        lineage.version().number(),
        lineage.direction().step().attempt(),
        lineage.appliedAt(),
        seconds,
        seconds > 0 ? statistics.responseTokens() / seconds : 0,
        objectives(lineage),
        pairs(statistics.objectives(), lineage.direction().gram()),
        statistics.kl(),
        statistics.entropy(),
        statistics.importanceRatioMean(),
        statistics.importanceRatioMax(),
        statistics.clipFraction(),
        statistics.stalenessMean(),
        statistics.stalenessMax(),
        statistics.rollouts(),
        statistics.responseTokens(),
        lineage.direction().klWeight(),
        lineage.direction().combination().dualityGap(),
        lineage.update().gradientNorm(),
        lineage.update().learningRate(),
        statistics.phaseSeconds(),
        audit(statistics.objectives(), lineage.direction().audit()));
  }

  private static @Nullable AuditFigures audit(List<String> objectives, @Nullable ScopeAudit audit) {
    if (audit == null) {
      return null;
    }
    Map<String, Double> alpha = new LinkedHashMap<>();
    for (int i = 0; i < objectives.size(); i++) {
      alpha.put(objectives.get(i), audit.alpha().get(i));
    }
    return new AuditFigures(
        Math.toDegrees(Math.acos(audit.cosine())), alpha, pairs(objectives, audit.gram()));
  }

  private static Map<String, ObjectiveFigures> objectives(VersionLineage lineage) {
    StepStatistics statistics = lineage.statistics();
    Combination combination = lineage.direction().combination();
    Map<String, ObjectiveFigures> figures = new LinkedHashMap<>();
    for (int i = 0; i < statistics.objectives().size(); i++) {
      figures.put(
          statistics.objectives().get(i),
          new ObjectiveFigures(
              statistics.meanScores().get(i),
              statistics.nonNegativeShares().get(i),
              combination.alpha()[i],
              combination.weights()[i],
              combination.leftOut().contains(statistics.objectives().get(i)),
              lineage.direction().gram().norm(i),
              statistics.losses().get(i),
              statistics.valueLosses().get(i)));
    }
    return figures;
  }

  private static List<PairFigures> pairs(List<String> objectives, GramMatrix gram) {
    List<PairFigures> pairs = new ArrayList<>();
    for (int i = 0; i < objectives.size(); i++) {
      for (int j = i + 1; j < objectives.size(); j++) {
        pairs.add(new PairFigures(objectives.get(i), objectives.get(j), gram.cosine(i, j)));
      }
    }
    return List.copyOf(pairs);
  }
}
