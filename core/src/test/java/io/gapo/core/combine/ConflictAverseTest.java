package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConflictAverseTest {

  private static final int PARAMETERS = 6;

  @Test
  void withoutARadiusItIsTheMeanGradient() {
    GramMatrix gram = GramMatrix.of(new double[][] {{1, -1}, {-1, 4}});

    assertThat(new ConflictAverse(0).combine(gram).weights()).containsExactly(0.5, 0.5);
  }

  @Test
  void equalAndOrthogonalGradientsOnlyStretchTheMean() {
    GramMatrix gram = GramMatrix.of(new double[][] {{1, 0}, {0, 1}});

    assertThat(new ConflictAverse(0.5).combine(gram).weights())
        .containsExactly(new double[] {0.75, 0.75}, within(1e-15));
  }

  @Test
  void opposedGradientsLeaveTheMeanWhichIsZero() {
    GramMatrix opposed = GramMatrix.of(new double[][] {{4, -4}, {-4, 4}});

    assertThat(new ConflictAverse(0.5).combine(opposed).weights()).containsExactly(0.5, 0.5);
  }

  @Test
  void whereThereIsNoOneAnswerTheWeightsAreStillFinite() {
    assertThat(Vectors.undefined("cagrad(c=0.5)").map(new ConflictAverse(0.5)::combine))
        .isNotEmpty()
        .allSatisfy(
            combination ->
                assertThat(Arrays.stream(combination.weights())).allMatch(Double::isFinite));
  }

  @Cases(100)
  void noDirectionWithinTheRadiusHelpsTheWorstOffMore(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(2, 5);
    double[][] gradients = RandomGradients.draw(seed, m, PARAMETERS, 1, 0);
    GramMatrix gram = RandomGradients.gram(gradients);
    double[] mean = new double[PARAMETERS];
    double[] found = new double[PARAMETERS];
    double[] weights = new ConflictAverse(0.5).combine(gram).weights();
    for (int i = 0; i < m; i++) {
      for (int k = 0; k < PARAMETERS; k++) {
        mean[k] += gradients[i][k] / m;
        found[k] += weights[i] * gradients[i][k];
      }
    }
    double radius = 0.5 * norm(mean);
    double best = worstGain(gradients, found);

    double[] difference = new double[PARAMETERS];
    Arrays.setAll(difference, k -> found[k] - mean[k]);
    assertThat(norm(difference)).isCloseTo(radius, within(1e-10 * radius));
    Random random = new Random(seed);
    for (int trial = 0; trial < 100; trial++) {
      double[] offset = random.doubles(PARAMETERS).map(x -> random.nextGaussian()).toArray();
      double scale = radius / norm(offset);
      double[] other = new double[PARAMETERS];
      Arrays.setAll(other, k -> mean[k] + scale * offset[k]);
      assertThat(worstGain(gradients, other)).isLessThanOrEqualTo(best + 1e-10);
    }
  }

  @Test
  void rejectsARadiusThatDoesNotConverge() {
    assertThatThrownBy(() -> new ConflictAverse(1)).hasMessageContaining("c must be in [0, 1)");
  }

  private static double worstGain(double[][] gradients, double[] direction) {
    double worst = Double.POSITIVE_INFINITY;
    for (double[] gradient : gradients) {
      double gain = 0;
      for (int k = 0; k < direction.length; k++) {
        gain += gradient[k] * direction[k];
      }
      worst = Math.min(worst, gain);
    }
    return worst;
  }

  private static double norm(double[] vector) {
    return Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
  }
}
