package io.gapo.lab.display;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.step.ImportanceRatios;
import io.gapo.core.step.ObjectiveStatistics;
import io.gapo.core.step.OffPolicyTokens;
import io.gapo.core.step.PolicyStatistics;
import io.gapo.core.step.ScopeAudit;
import io.gapo.core.step.Staleness;
import io.gapo.core.step.StepStatistics;
import io.gapo.core.step.UpdateDirection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What there is to say about one training step. As JSON its groups are flat: each figure is a field
 * of the step.
 *
 * @param step the number of the version that it made
 * @param attempt above 0 if earlier attempts were refused
 * @param objectives by name, in the run's order
 * @param pairs every pair of objectives once
 * @param offPolicy of all tokens that train
 * @param byTokenStaleness the same of those sampled so many versions before
 * @param audit null where the step was not audited
 */
public record StepFigures(
    long step,
    int attempt,
    Instant appliedAt,
    @JsonUnwrapped Pace pace,
    Map<String, ObjectiveFigures> objectives,
    List<PairFigures> pairs,
    @JsonUnwrapped PolicyStatistics policy,
    @JsonUnwrapped RatioFigures ratios,
    @JsonUnwrapped OffPolicyFigures offPolicy,
    Map<Long, OffPolicyFigures> byTokenStaleness,
    @JsonUnwrapped(prefix = "staleness_") Staleness staleness,
    @JsonUnwrapped Size size,
    @JsonUnwrapped Choice choice,
    @JsonUnwrapped AppliedUpdate update,
    Map<String, Double> phaseSeconds,
    @Nullable AuditFigures audit) {

  /**
   * How fast it went.
   *
   * @param seconds since the step before
   * @param tokensPerSecond response tokens trained on, over these seconds
   */
  public record Pace(double seconds, double tokensPerSecond) {}

  /** What it was made of. */
  public record Size(int rollouts, long responseTokens) {}

  /**
   * How the objectives were weighed.
   *
   * @param klWeight above 0 if the step only pulled the policy back to the reference
   */
  public record Choice(double klWeight, double dualityGap) {}

  /**
   * Importance ratios.
   *
   * @param clipFraction share of tokens whose ratio lies outside the clip range
   */
  public record RatioFigures(
      double importanceRatioMean, double importanceRatioMax, double clipFraction) {}

  /**
   * How far the policy is from the one that sampled the tokens.
   *
   * @param trainedTokens how many there are
   * @param mismatchKl nats a token
   * @param effectiveSampleSize by the ratio correction's weights, as a share of the tokens
   * @param maskedShare of the tokens, that the ratio correction leaves out
   */
  public record OffPolicyFigures(
      long trainedTokens, double mismatchKl, double effectiveSampleSize, double maskedShare) {

    static OffPolicyFigures of(OffPolicyTokens tokens) {
      return new OffPolicyFigures(
          tokens.tokens(), tokens.mismatchKl(), tokens.effectiveSampleSize(), tokens.maskedShare());
    }
  }

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
    UpdateDirection direction = lineage.direction();
    return new StepFigures(
        lineage.version().number(),
        direction.step().attempt(),
        lineage.appliedAt(),
        pace(statistics.responseTokens(), sincePrevious.toNanos() / 1e9),
        objectives(lineage),
        pairs(statistics.objectives(), direction.gram()),
        statistics.policy(),
        ratios(statistics.ratios()),
        OffPolicyFigures.of(statistics.ratios().tokens()),
        byTokenStaleness(statistics.ratios()),
        statistics.staleness(),
        new Size(statistics.rollouts(), statistics.responseTokens()),
        new Choice(direction.klWeight(), direction.combination().dualityGap()),
        lineage.update(),
        statistics.phaseSeconds(),
        audit(statistics.objectives(), direction.audit()));
  }

  private static Pace pace(long responseTokens, double seconds) {
    return new Pace(seconds, seconds > 0 ? responseTokens / seconds : 0);
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

  private static RatioFigures ratios(ImportanceRatios ratios) {
    return new RatioFigures(ratios.mean(), ratios.max(), ratios.clipFraction());
  }

  private static Map<Long, OffPolicyFigures> byTokenStaleness(ImportanceRatios ratios) {
    Map<Long, OffPolicyFigures> figures = new LinkedHashMap<>();
    ratios
        .byStaleness()
        .forEach((staleness, tokens) -> figures.put(staleness, OffPolicyFigures.of(tokens)));
    return figures;
  }

  private static Map<String, ObjectiveFigures> objectives(VersionLineage lineage) {
    StepStatistics statistics = lineage.statistics();
    Combination combination = lineage.direction().combination();
    Map<String, ObjectiveFigures> figures = new LinkedHashMap<>();
    for (int i = 0; i < statistics.perObjective().size(); i++) {
      ObjectiveStatistics objective = statistics.perObjective().get(i);
      figures.put(
          objective.objective(),
          new ObjectiveFigures(
              objective.meanScore(),
              objective.nonNegativeShare(),
              combination.alpha()[i],
              combination.weights()[i],
              combination.leftOut().contains(objective.objective()),
              lineage.direction().gram().norm(i),
              objective.loss(),
              objective.valueLoss()));
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
