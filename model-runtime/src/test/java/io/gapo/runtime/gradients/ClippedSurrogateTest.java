package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClippedSurrogateTest {

  private static final double LN_2 = Math.log(2);

  private final ClippedSurrogate surrogate = new ClippedSurrogate(0.2);

  @Test
  void onPolicyTheLossIsTheNegatedMeanAdvantageAndTheGradientEachTokensShare() {
    double[][] logProbs = {{-1, -2}, {-3}};

    ClippedSurrogate.Evaluation evaluation =
        surrogate.evaluate(logProbs, logProbs, new double[][] {{1, 3}, {-4}});

    assertThat(evaluation.loss()).isEqualTo(-(2.0 - 4.0) / 2);
    assertThat(evaluation.gradient()).isDeepEqualTo(new double[][] {{-0.25, -0.75}, {2}});
    assertThat(evaluation.clipFraction()).isZero();
    assertThat(evaluation.ratioMean()).isEqualTo(1);
    assertThat(evaluation.ratioMax()).isEqualTo(1);
  }

  @Test
  void aGainBeyondTheClipRangeCountsUpToTheRangeAndPullsNoFurther() {
    // Ratios 2, ½, 2, ½: good and likelier, good and rarer, bad and likelier, bad and rarer.
    double[][] logProbs = {{LN_2, -LN_2, LN_2, -LN_2}};
    double[][] advantages = {{1, 1, -1, -1}};

    ClippedSurrogate.Evaluation evaluation =
        surrogate.evaluate(logProbs, new double[1][4], advantages);

    assertThat(evaluation.loss()).isCloseTo(-(1.2 + 0.5 - 2 - 0.8) / 4, within(1e-15));
    assertThat(evaluation.gradient()[0])
        .containsExactly(new double[] {0, -0.125, 0.5, 0}, within(1e-15));
    assertThat(evaluation.clipFraction()).isEqualTo(1);
    assertThat(evaluation.ratioMean()).isCloseTo(1.25, within(1e-15));
    assertThat(evaluation.ratioMax()).isCloseTo(2, within(1e-15));
  }

  @Test
  void aShortSequenceCountsAsMuchAsALongOne() {
    double[][] zeros = {new double[1], new double[100]};
    double[][] advantages = {{1}, new double[100]};

    assertThat(surrogate.evaluate(zeros, zeros, advantages).loss()).isEqualTo(-0.5);
  }

  @Test
  void countsClippedTokensOverAllSequences() {
    double[][] logProbs = {{LN_2}, {0, 0, 0}};

    ClippedSurrogate.Evaluation evaluation =
        surrogate.evaluate(logProbs, new double[][] {{0}, {0, 0, 0}}, logProbs);

    assertThat(evaluation.clipFraction()).isEqualTo(0.25);
  }

  @Cases(200)
  void theGradientIsTheSlopeOfTheLoss(Draw draw) {
    long seed = draw.anyLong();
    int batch = draw.between(1, 5);
    Random random = new Random(seed);
    double[][] logProbs = new double[batch][];
    double[][] behavior = new double[batch][];
    double[][] advantages = new double[batch][];
    for (int i = 0; i < batch; i++) {
      int tokens = 1 + random.nextInt(6);
      logProbs[i] = gaussian(random, tokens, 0.3);
      behavior[i] = gaussian(random, tokens, 0.3);
      advantages[i] = gaussian(random, tokens, 2);
    }

    double[][] gradient = surrogate.evaluate(logProbs, behavior, advantages).gradient();

    double step = 1e-6;
    for (int i = 0; i < batch; i++) {
      for (int t = 0; t < logProbs[i].length; t++) {
        double ratio = Math.exp(logProbs[i][t] - behavior[i][t]);
        if (Math.abs(Math.abs(ratio - 1) - 0.2) < 1e-4) {
          continue; // The loss has a kink here, and no slope.
        }
        double at = logProbs[i][t];
        logProbs[i][t] = at + step;
        double above = surrogate.evaluate(logProbs, behavior, advantages).loss();
        logProbs[i][t] = at - step;
        double below = surrogate.evaluate(logProbs, behavior, advantages).loss();
        logProbs[i][t] = at;
        assertThat(gradient[i][t]).isCloseTo((above - below) / (2 * step), within(1e-7));
      }
    }
  }

  @Test
  void aRatioOutOfRangeIsVisibleInTheLoss() {
    double[][] huge = {{800}};

    assertThat(surrogate.evaluate(huge, new double[1][1], new double[][] {{-1}}).loss())
        .isInfinite();
  }

  @Test
  void rejectsBatchesThatDoNotBelongTogether() {
    assertThatThrownBy(
            () -> surrogate.evaluate(new double[2][1], new double[1][1], new double[2][1]))
        .hasMessageContaining("expected 2 sequences, was 1");
    assertThatThrownBy(
            () -> surrogate.evaluate(new double[1][2], new double[1][2], new double[1][3]))
        .hasMessageContaining("expected 2 values, one a token, was 3");
    assertThatThrownBy(() -> surrogate.evaluate(new double[0][], new double[0][], new double[0][]))
        .hasMessageContaining("at least one sequence");
  }

  @Test
  void rejectsAClipRangeOutsideZeroToOne() {
    assertThatThrownBy(() -> new ClippedSurrogate(0)).hasMessageContaining("clip range");
    assertThatThrownBy(() -> new ClippedSurrogate(1)).hasMessageContaining("clip range");
  }

  private static double[] gaussian(Random random, int count, double deviation) {
    return random.doubles(count).map(ignored -> deviation * random.nextGaussian()).toArray();
  }
}
