package io.gapo.runtime.learning;

import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.StepStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Adds up what a step reports. */
final class StatisticsOfBatch {

  private final PpoSettings settings;
  private final double[] losses;
  private final double[] valueLosses;
  private long tokens;
  private double logRatioSum;
  private double entropySum;
  private double ratioSum;
  private double ratioMax;
  private long clipped;

  StatisticsOfBatch(PpoSettings settings) {
    this.settings = settings;
    this.losses = new double[settings.objectives().size()];
    this.valueLosses = new double[losses.length];
  }

  /** One micro-batch's tokens under policy and reference. */
  void addTokens(float[] logProbs, float[] reference, double entropies) {
    tokens += logProbs.length;
    for (int t = 0; t < logProbs.length; t++) {
      logRatioSum += (double) logProbs[t] - reference[t];
    }
    entropySum += entropies;
  }

  /** One micro-batch's losses. */
  void addLosses(PolicyGraph.Losses parts) {
    float[] surrogate = parts.surrogate().toFloatArray();
    float[] value = parts.value().toFloatArray();
    for (int m = 0; m < losses.length; m++) {
      losses[m] += surrogate[m];
      valueLosses[m] += value[m];
    }
    for (float ratio : parts.ratios().toFloatArray()) {
      ratioSum += ratio;
      ratioMax = Math.max(ratioMax, ratio);
      if (Math.abs(ratio - 1.0) > settings.clipRange()) {
        clipped++;
      }
    }
  }

  double loss(int objective) {
    return losses[objective];
  }

  double valueLoss(int objective) {
    return valueLosses[objective];
  }

  StepStatistics of(
      List<ScoredRollout> batch, PolicyVersion version, Map<String, Double> phaseSeconds) {
    List<Double> meanScores = new ArrayList<>();
    List<Double> nonNegativeShares = new ArrayList<>();
    for (int m = 0; m < losses.length; m++) {
      double sum = 0;
      int nonNegative = 0;
      for (ScoredRollout scored : batch) {
        sum += scored.scores()[m];
        nonNegative += scored.scores()[m] >= 0 ? 1 : 0;
      }
      meanScores.add(sum / batch.size());
      nonNegativeShares.add((double) nonNegative / batch.size());
    }
    long[] staleness =
        batch.stream()
            .mapToLong(scored -> StalenessLimit.staleness(scored.rollout(), version))
            .toArray();
    long staleSum = 0;
    long stalest = 0;
    for (long versions : staleness) {
      staleSum += versions;
      stalest = Math.max(stalest, versions);
    }
    return new StepStatistics(
        settings.objectives(),
        meanScores,
        nonNegativeShares,
        boxed(losses),
        boxed(valueLosses),
        batch.size(),
        tokens,
        logRatioSum / tokens,
        entropySum / tokens,
        ratioSum / tokens,
        ratioMax,
        (double) clipped / tokens,
        (double) staleSum / batch.size(),
        stalest,
        phaseSeconds);
  }

  private static List<Double> boxed(double[] values) {
    List<Double> list = new ArrayList<>();
    for (double value : values) {
      list.add(value);
    }
    return list;
  }
}
