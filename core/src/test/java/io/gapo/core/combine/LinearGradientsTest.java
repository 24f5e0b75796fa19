package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearGradientsTest {

  private static final int LENGTH = 400_000;

  @Cases
  void contributionsOfASplitBatchMakeTheContributionOfTheWhole(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(1, 5);
    int first = draw.between(1, 9);
    int second = draw.between(1, 9);
    float[][][] sequences = new float[first + second][][];
    for (int s = 0; s < sequences.length; s++) {
      sequences[s] = gaussian(seed + s, m, 50);
    }
    LinearGradients whole = exact(mean(sequences, 0, sequences.length));
    LinearGradients one = exact(mean(sequences, 0, first));
    LinearGradients other = exact(mean(sequences, first, sequences.length));
    double share = (double) first / sequences.length;

    GramMatrix union =
        LinearGradients.gramOfUnion(List.of(one, other), new double[] {share, 1 - share});

    assertClose(union, LinearGradients.gramOfUnion(List.of(whole), new double[] {1}), 1e-4);
  }

  @Cases
  void aSketchIsLinear(Draw draw) {
    long seed = draw.anyLong();
    long hash = draw.anyLong();
    float[][] vectors = gaussian(seed, 2, 500);
    CountSketch sketch = new CountSketch(64, hash);
    float[] sum = new float[500];
    for (int k = 0; k < sum.length; k++) {
      sum[k] = 3 * vectors[0][k] + vectors[1][k];
    }

    float[] a = sketch.of(vectors[0]);
    float[] b = sketch.of(vectors[1]);
    float[] ofSum = sketch.of(sum);

    for (int k = 0; k < 64; k++) {
      assertThat((double) ofSum[k]).isCloseTo(3.0 * a[k] + b[k], within(1e-4));
    }
  }

  @Test
  void theGramMatrixOfSketchesIsUnbiased() {
    float[][] vectors = gaussian(7, 2, 300);
    GramMatrix exact = LinearGradients.gramOfUnion(List.of(exact(vectors)), new double[] {1});
    int draws = 4000;
    double[] mean = new double[3];
    for (int seed = 0; seed < draws; seed++) {
      GramMatrix sketched = sketched(vectors, new CountSketch(32, seed * 0x5851f42d4c957f2dL));
      mean[0] += sketched.at(0, 0) / draws;
      mean[1] += sketched.at(1, 1) / draws;
      mean[2] += sketched.at(0, 1) / draws;
    }

    // Four standard errors by the bound 2‖x‖²‖y‖²/k on the variance.
    double error = 4 * Math.sqrt(2.0 / 32 / draws);
    assertThat(mean[0]).isCloseTo(exact.at(0, 0), within(error * exact.at(0, 0)));
    assertThat(mean[1]).isCloseTo(exact.at(1, 1), within(error * exact.at(1, 1)));
    assertThat(mean[2]).isCloseTo(exact.at(0, 1), within(error * exact.norm(0) * exact.norm(1)));
  }

  /**
   * What sketches cost: how far the direction is from the one that the exact gradients give, over
   * that one's length, and how far the furthest of the shares α is.
   */
  @ParameterizedTest
  @CsvSource({
    "mgda, 16384, 0.02, 0.006",
    "mgda, 65536, 0.01, 0.003",
    "gapo, 16384, 0.02, 0.006",
    "gapo, 65536, 0.01, 0.003"
  })
  void theChoiceBySketchesIsCloseToTheExactOne(
      String method, int width, double directionLimit, double alphaLimit) {
    GradientCombiner combiner =
        method.equals("mgda") ? GradientAdaptive.mgda() : new GradientAdaptive(1);
    double worstDirection = 0;
    double meanDirection = 0;
    double worstAlpha = 0;
    double meanAlpha = 0;
    int problems = 12;
    for (int problem = 0; problem < problems; problem++) {
      float[][] vectors = conflicting(problem, 3);
      GramMatrix exact = LinearGradients.gramOfUnion(List.of(exact(vectors)), new double[] {1});
      Combination wanted = combination(combiner, exact);
      Combination found =
          combination(combiner, sketched(vectors, new CountSketch(width, 11 + problem)));
      double[] apart = difference(found.weights(), wanted.weights());
      double direction = exact.norm(apart) / exact.norm(wanted.weights());
      double alpha =
          Arrays.stream(difference(found.alpha(), wanted.alpha())).map(Math::abs).max().orElse(0);
      worstDirection = Math.max(worstDirection, direction);
      meanDirection += direction / problems;
      worstAlpha = Math.max(worstAlpha, alpha);
      meanAlpha += alpha / problems;
    }
    System.out.printf(
        "%s, k = %d: direction off by %.4f in the mean, %.4f at most; alpha by %.4f and %.4f%n",
        method, width, meanDirection, worstDirection, meanAlpha, worstAlpha);

    assertThat(worstDirection).isLessThanOrEqualTo(directionLimit);
    assertThat(worstAlpha).isLessThanOrEqualTo(alphaLimit);
  }

  @Test
  void refusesToAddWhatWasSketchedOtherwise() {
    float[][] vectors = gaussian(1, 2, 64);
    LinearGradients sketch = new LinearGradients(64, new CountSketch(64, 1), gaussian(1, 2, 64));

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                LinearGradients.gramOfUnion(
                    List.of(exact(vectors), sketch), new double[] {0.5, 0.5}))
        .withMessageContaining("cannot add 2 sketches of 64 buckets, seed 1");
  }

  @Test
  void refusesAWidthThatIsNoPowerOfTwo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CountSketch(12, 0))
        .withMessage("sketch-width must be a power of two, was 12");
  }

  private static Combination combination(GradientCombiner combiner, GramMatrix gram) {
    return combiner.combine(Steps.of(gram));
  }

  private static double[] difference(double[] found, double[] wanted) {
    double[] difference = new double[wanted.length];
    for (int i = 0; i < wanted.length; i++) {
      difference[i] = found[i] - wanted[i];
    }
    return difference;
  }

  private static GramMatrix sketched(float[][] vectors, CountSketch sketch) {
    float[][] rows = new float[vectors.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = sketch.of(vectors[i]);
    }
    return LinearGradients.gramOfUnion(
        List.of(new LinearGradients(vectors[0].length, sketch, rows)), new double[] {1});
  }

  private static LinearGradients exact(float[][] rows) {
    return new LinearGradients(rows[0].length, null, rows);
  }

  private static float[][] mean(float[][][] sequences, int from, int until) {
    float[][] mean = new float[sequences[0].length][sequences[0][0].length];
    for (int s = from; s < until; s++) {
      for (int i = 0; i < mean.length; i++) {
        for (int k = 0; k < mean[i].length; k++) {
          mean[i][k] += sequences[s][i][k] / (until - from);
        }
      }
    }
    return mean;
  }

  /** Objectives that partly oppose each other, of different length, as gradients of a policy do. */
  private static float[][] conflicting(long seed, int m) {
    float[][] rows = gaussian(seed, m, LENGTH);
    for (int i = 1; i < m; i++) {
      for (int k = 0; k < LENGTH; k++) {
        rows[i][k] = (1 + i) * (rows[i][k] - 0.5f * rows[0][k]);
      }
    }
    return rows;
  }

  private static float[][] gaussian(long seed, int m, int length) {
    Random random = new Random(seed);
    float[][] rows = new float[m][length];
    for (float[] row : rows) {
      for (int k = 0; k < length; k++) {
        row[k] = (float) random.nextGaussian();
      }
    }
    return rows;
  }

  private static void assertClose(GramMatrix found, GramMatrix expected, double tolerance) {
    for (int i = 0; i < expected.objectives(); i++) {
      for (int j = 0; j < expected.objectives(); j++) {
        assertThat(found.at(i, j))
            .isCloseTo(
                expected.at(i, j), within(tolerance * expected.norm(i) * expected.norm(j) + 1e-9));
      }
    }
  }
}
