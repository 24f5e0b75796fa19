package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.ppo.RatioCorrection.Divergence;
import io.gapo.core.ppo.RatioCorrection.SecondMoment;
import io.gapo.core.ppo.RatioCorrection.SequenceMask;
import io.gapo.core.ppo.RatioCorrection.TokenMask;
import io.gapo.core.ppo.RatioCorrection.Truncated;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RatioCorrectionTest {

  private static final double LN_2 = Math.log(2);
  private static final List<RatioCorrection> ALL =
      List.of(
          RatioCorrection.clip(),
          new Truncated(2),
          new TokenMask(0.5, 5),
          new SequenceMask(SequenceRatio.PRODUCT, 0, 3),
          new SequenceMask(SequenceRatio.GEOMETRIC_MEAN, 0.99, 1.01),
          new Divergence(0.2, 1e-3),
          new SecondMoment(0.04));

  @Test
  void truncatedKeepsSmallRatiosAndCapsLargeOnes() {
    assertWeights(new Truncated(2), ratios(0.25, 1, 2, 8), new double[][] {{0.25, 1, 2, 2}});
  }

  @Test
  void theTokenMaskLeavesOutWhatLiesBeyondItsBounds() {
    assertWeights(
        new TokenMask(0.5, 5), ratios(0.25, 0.5, 1, 5, 8), new double[][] {{0, 0.5, 1, 5, 0}});
  }

  @Test
  void theSequenceMaskLeavesOutWholeSequencesByTheirProduct() {
    double[][] logRatios = {{LN_2, LN_2}, {2 * LN_2, -LN_2}, {-LN_2, -2 * LN_2}};

    assertWeights(
        new SequenceMask(SequenceRatio.PRODUCT, 0, 3),
        logRatios,
        new double[][] {{0, 0}, {4, 0.5}, {0.5, 0.25}});
    assertWeights(
        new SequenceMask(SequenceRatio.PRODUCT, 0.2, 5),
        logRatios,
        new double[][] {{2, 2}, {4, 0.5}, {0, 0}});
  }

  @Test
  void theSequenceMaskByTheGeometricMeanDoesNotKnowTheLength() {
    double[] half = {-0.0099, -0.0099};
    double[] long100 = new double[100];
    Arrays.fill(long100, -0.0099);

    double[][] kept =
        weights(
            new SequenceMask(SequenceRatio.GEOMETRIC_MEAN, 0.99, 1.01),
            new double[][] {half, long100, {0.0101, 0.0101}});

    assertThat(kept[0]).containsOnly(Math.exp(-0.0099));
    assertThat(kept[1]).containsOnly(Math.exp(-0.0099));
    assertThat(kept[2]).containsOnly(0);
    assertThat(
            weights(new SequenceMask(SequenceRatio.PRODUCT, 0.5, 1.01), new double[][] {long100})[
                0])
        .containsOnly(0);
  }

  /** A rare token's ratio may be large where its probability has hardly changed. */
  @Test
  void theDivergenceLooksAtProbabilitiesAndNotAtRatios() {
    double[][] policy = {logs(0.5, 0.75, 0.25, 0.011)};
    double[][] behavior = {logs(0.5, 0.5, 0.5, 0.001)};

    double[][] weights = new Divergence(0.2, 0).weights(policy, behavior);

    assertThat(weights[0]).containsExactly(new double[] {1, 0, 0, 11}, within(1e-12));
  }

  @Test
  void theSecondMomentLeavesOutTheMostExtremeTokensOfTheBatch() {
    // Squares 0.01, 0.16, 0.01 and 0.04, 1, 0: the mean of the four least is 0.015, of five 0.044.
    double[][] logRatios = {{0.1, -0.4, -0.1}, {0.2, 1, 0}};

    double[][] weights = weights(new SecondMoment(0.04), logRatios);

    assertThat(weights[0])
        .containsExactly(new double[] {Math.exp(0.1), 0, Math.exp(-0.1)}, within(1e-15));
    assertThat(weights[1]).containsExactly(new double[] {Math.exp(0.2), 0, 1}, within(1e-15));
    assertThat(weights(new SecondMoment(0.045), logRatios)[0][1]).isEqualTo(Math.exp(-0.4));
    assertThat(weights(new SecondMoment(0.04), ratios(8, 0.125))[0]).containsOnly(0);
  }

  @Test
  void onPolicyEveryTokenCountsFully() {
    double[][] same = {{-1, -0.001, -30}, {-2}};

    for (RatioCorrection correction : ALL) {
      assertThat(correction.weights(same, same)).isDeepEqualTo(new double[][] {{1, 1, 1}, {1}});
    }
  }

  @Test
  void onlyTheClipIsEachObjectivesOwn() {
    assertThat(ALL).filteredOn(RatioCorrection::isCommon).hasSize(ALL.size() - 1);
    assertThat(RatioCorrection.clip().isCommon()).isFalse();
    assertThat(RatioCorrection.clip().weights(ratios(8), new double[1][1])[0])
        .containsExactly(new double[] {8}, within(1e-14));
  }

  @Test
  void onlyTheDivergenceRegularises() {
    assertThat(new Divergence(0.2, 1e-3).regularisation()).isEqualTo(1e-3);
    assertThat(ALL).filteredOn(each -> each.regularisation() > 0).hasSize(1);
  }

  /** What cannot be is not masked away: a loss of NaN refuses the batch. */
  @Test
  void aLogProbabilityThatIsNotFiniteGivesNoNumber() {
    for (double broken :
        new double[] {Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY}) {
      for (RatioCorrection correction : ALL) {
        assertThat(correction.weights(new double[][] {{-1}}, new double[][] {{broken}})[0][0])
            .as("%s of %s", correction, broken)
            .isNaN();
      }
    }
  }

  @Cases(300)
  void aWeightIsTheRatioOrLessAndNeverNegative(Draw draw) {
    SplittableRandom random = new SplittableRandom(draw.anyLong());
    double spread = draw.between(0.0, 3.0);
    double[][] policy = new double[draw.between(1, 4)][];
    double[][] behavior = new double[policy.length][];
    for (int i = 0; i < policy.length; i++) {
      policy[i] = random.doubles(1 + random.nextInt(6)).map(x -> -spread * x).toArray();
      behavior[i] = random.doubles(policy[i].length).map(x -> -spread * x).toArray();
    }

    for (RatioCorrection correction : ALL) {
      double[][] weights = correction.weights(policy, behavior);
      for (int i = 0; i < policy.length; i++) {
        for (int t = 0; t < policy[i].length; t++) {
          double ratio = Math.exp(policy[i][t] - behavior[i][t]);
          assertThat(weights[i][t]).isBetween(0.0, ratio);
        }
      }
    }
  }

  @Cases(300)
  void theSecondMomentOfWhatRemainsIsWithinItsBoundAndOneTokenMoreIsNot(Draw draw) {
    SplittableRandom random = new SplittableRandom(draw.anyLong());
    double bound = draw.between(1e-4, 1.0);
    double[][] logRatios = {random.doubles(20).map(x -> 2 * x - 1).toArray()};

    double[] weights = weights(new SecondMoment(bound), logRatios)[0];

    double sum = 0;
    int kept = 0;
    double leastLeftOut = Double.POSITIVE_INFINITY;
    for (int t = 0; t < weights.length; t++) {
      double square = logRatios[0][t] * logRatios[0][t];
      if (weights[t] > 0) {
        sum += square;
        kept++;
      } else {
        leastLeftOut = Math.min(leastLeftOut, square);
      }
    }
    assertThat(sum).isLessThanOrEqualTo(bound * kept * (1 + 1e-12));
    if (kept < weights.length) {
      assertThat(sum + leastLeftOut).isGreaterThan(bound * (kept + 1));
    }
  }

  @Test
  void namesTheBoundThatItRejects() {
    assertThatThrownBy(() -> new Truncated(0.5)).hasMessageStartingWith("truncated.cap must be >=");
    assertThatThrownBy(() -> new TokenMask(1, 5))
        .hasMessageStartingWith("token-mask.low must be >= 0 and below 1");
    assertThatThrownBy(() -> new TokenMask(0.5, Double.POSITIVE_INFINITY))
        .hasMessageStartingWith("token-mask.high must be above 1");
    assertThatThrownBy(() -> new SequenceMask(SequenceRatio.GEOMETRIC_MEAN, 0.9, 0.95))
        .hasMessageStartingWith("sequence-mask.geometric-mean.high");
    assertThatThrownBy(() -> new Divergence(1.5, 0)).hasMessageStartingWith("divergence.bound");
    assertThatThrownBy(() -> new Divergence(0.2, -1))
        .hasMessageStartingWith("divergence.regularisation");
    assertThatThrownBy(() -> new SecondMoment(Double.NaN))
        .hasMessageStartingWith("second-moment.bound");
  }

  @Test
  void rejectsSequencesThatDoNotBelongTogether() {
    assertThatThrownBy(() -> new Truncated(2).weights(new double[1][2], new double[1][3]))
        .hasMessageContaining("expected 2 values, one a token, was 3");
  }

  private static void assertWeights(
      RatioCorrection correction, double[][] logRatios, double[][] expected) {
    double[][] weights = weights(correction, logRatios);
    for (int i = 0; i < expected.length; i++) {
      assertThat(weights[i]).containsExactly(expected[i], within(1e-14));
    }
  }

  private static double[][] weights(RatioCorrection correction, double[][] logRatios) {
    double[][] behavior =
        Arrays.stream(logRatios).map(row -> new double[row.length]).toArray(double[][]::new);
    return correction.weights(logRatios, behavior);
  }

  private static double[][] ratios(double... ratios) {
    return new double[][] {logs(ratios)};
  }

  private static double[] logs(double... values) {
    return Arrays.stream(values).map(Math::log).toArray();
  }
}
