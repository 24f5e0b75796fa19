package io.gapo.runtime.gradients;

import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.ScoreMoments;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.ImportanceRatios;
import io.gapo.core.step.ObjectiveStatistics;
import io.gapo.core.step.PolicyStatistics;
import io.gapo.core.step.Staleness;
import io.gapo.core.step.StepStatistics;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.stream.IntStream;

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
  void addLosses(MeasuredPack.Losses parts) {
    float[] surrogate = parts.surrogate().toFloatArray();
    float[] value = parts.value().toFloatArray();
    for (int m = 0; m < losses.length; m++) {
      losses[m] += surrogate[m];
      valueLosses[m] += value[m];
    }
    for (float ratio : parts.ratios().toFloatArray()) {
      ratioSum += ratio;
      ratioMax = Math.max(ratioMax, ratio);
      if (Math.abs(ratio - 1.0) > settings.clips().clipRange()) {
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
      List<ScoredRollout> batch,
      PolicyVersion version,
      CorrectedTokens corrected,
      Map<String, Double> phaseSeconds) {
    return new StepStatistics(
        IntStream.range(0, losses.length).mapToObj(m -> ofObjective(m, batch)).toList(),
        batch.size(),
        tokens,
        settings.losses().aggregation(),
        new PolicyStatistics(
            logRatioSum / tokens, entropySum / tokens, settings.kl().coefficient()),
        new ImportanceRatios(
            ratioSum / tokens, ratioMax, (double) clipped / tokens, corrected.byStaleness()),
        staleness(batch, version),
        phaseSeconds);
  }

  private ObjectiveStatistics ofObjective(int objective, List<ScoredRollout> batch) {
    double[] scores = batch.stream().mapToDouble(scored -> scored.scores()[objective]).toArray();
    ScoreMoments moments = ScoreMoments.of(scores);
    double normalised = 0;
    for (ScoredRollout scored : batch) {
      normalised += scored.normalised()[objective];
    }
    long nonNegative = Arrays.stream(scores).filter(score -> score >= 0).count();
    return new ObjectiveStatistics(
        settings.objectives().get(objective),
        moments.mean(),
        (double) nonNegative / batch.size(),
        losses[objective],
        valueLosses[objective],
        moments.meanSquare(),
        normalised / batch.size());
  }

  private static Staleness staleness(List<ScoredRollout> batch, PolicyVersion version) {
    LongSummaryStatistics versions =
        batch.stream()
            .mapToLong(scored -> StalenessLimit.staleness(scored.rollout(), version))
            .summaryStatistics();
    return new Staleness((double) versions.getSum() / batch.size(), Math.max(0, versions.getMax()));
  }
}
