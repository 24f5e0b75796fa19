package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gradients that depend on each other but for their rounding to a model's precision: what rounding
 * leaves of a difference is no direction, and nothing is divided by it.
 */
class RoundedGradientsTest {

  private static final int DIMENSION = 64;

  /** Bits of the significands of bfloat16, float16 and single precision. */
  private static final int[] PRECISIONS = {8, 11, 24};

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void anObjectiveOnAnotherScaleDoesNotShrinkTheStepOfAlignedMtl(long seed) {
    double[][] drawn = RandomGradients.draw(seed, 2, DIMENSION, 0, 0);
    double[][] dependent = {drawn[0], times(3, drawn[0]), drawn[1]};
    double exact = norm(new AlignedPrincipalComponents(), RandomGradients.gram(dependent));

    for (int bits : PRECISIONS) {
      double rounded = norm(new AlignedPrincipalComponents(), rounded(dependent, bits));

      assertThat(rounded).as("%s bits", bits).isCloseTo(exact, within(0.05 * exact));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aGradientInThePlaneOfTwoOthersLeavesImtlGWithoutADirection(long seed) {
    double[][] drawn = RandomGradients.draw(seed, 2, DIMENSION, 0, 0);
    double[] between = new double[DIMENSION];
    for (int k = 0; k < DIMENSION; k++) {
      between[k] = 0.6 * drawn[0][k] + 0.7 * drawn[1][k];
    }
    double[][] dependent = {drawn[0], drawn[1], between};

    for (int bits : PRECISIONS) {
      assertThat(new EqualProjections().combine(rounded(dependent, bits)))
          .as("%s bits", bits)
          .isEqualTo(Combination.none(3));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void gradientsThatCancelLeaveNashMtlWithoutAnAgreementAndCagradWithTheirMean(long seed) {
    double[][] drawn = RandomGradients.draw(seed, 2, DIMENSION, 0, 0);
    double[] opposed = new double[DIMENSION];
    for (int k = 0; k < DIMENSION; k++) {
      opposed[k] = -drawn[0][k] - drawn[1][k];
    }
    double[][] cancelling = {drawn[0], drawn[1], opposed};

    for (int bits : PRECISIONS) {
      GramMatrix gram = rounded(cancelling, bits);
      Combination cagrad = new ConflictAverse(0.4).combine(gram);

      assertThat(new NashBargaining().combine(gram))
          .as("%s bits", bits)
          .isEqualTo(Combination.none(3));
      assertThat(cagrad.weights())
          .as("%s bits", bits)
          .containsExactly(new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, within(1e-15));
    }
  }

  @Test
  void whoeverPassesAMatrixOnKeepsItsResolution() {
    GramMatrix gram = GramMatrix.measured(new double[][] {{4, 1, 0}, {1, 1, 0}, {0, 0, 0}}, 8);
    GramMatrix[] seen = new GramMatrix[1];
    GradientCombiner watching =
        objectives -> {
          seen[0] = objectives.gram();
          return Combination.none(2);
        };

    new WithoutShortGradients(new ClippedGradients(watching, 1), 1e-6).combine(Steps.of(gram));

    assertThat(seen[0].resolution()).isEqualTo(gram.resolution());
    LinearGradients linear = new LinearGradients(1, null, new float[][] {{1}});
    assertThat(LinearGradients.gramOfUnion(List.of(linear), new double[] {1}).resolution())
        .isEqualTo(GramMatrix.measured(new double[][] {{1}}, 24).resolution());
  }

  @Test
  void aResolutionIsNotPartOfWhatTheGradientsAre() {
    double[][] rows = {{4, 1}, {1, 1}};

    assertThat(GramMatrix.measured(rows, 8)).isEqualTo(GramMatrix.of(rows));
    assertThat(GramMatrix.measured(rows, 53).resolution())
        .isEqualTo(GramMatrix.of(rows).resolution());
    assertThatThrownBy(() -> GramMatrix.of(rows, 0)).hasMessageContaining("resolution");
  }

  private static double norm(GramCombiner combiner, GramMatrix gram) {
    return gram.norm(combiner.combine(gram).weights());
  }

  private static double[] times(double factor, double[] vector) {
    double[] scaled = new double[vector.length];
    for (int k = 0; k < vector.length; k++) {
      scaled[k] = factor * vector[k];
    }
    return scaled;
  }

  /**
   * The Gram matrix that a model measures when it computes with {@code bits} bits of significand.
   */
  private static GramMatrix rounded(double[][] gradients, int bits) {
    double[][] rounded = new double[gradients.length][DIMENSION];
    for (int i = 0; i < gradients.length; i++) {
      for (int k = 0; k < DIMENSION; k++) {
        double ulp = Math.scalb(1.0, Math.getExponent(gradients[i][k]) + 1 - bits);
        rounded[i][k] = Math.rint(gradients[i][k] / ulp) * ulp;
      }
    }
    return GramMatrix.measured(RandomGradients.gram(rounded).toRows(), bits);
  }
}
