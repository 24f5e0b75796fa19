package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** What holds for every Gram matrix and every p. */
class GradientAdaptivePropertyTest {

  private static final int PARAMETERS = 24;
  private static final List<Double> POWERS = List.of(0.0, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0);

  @Cases
  void sharesAreAPointOfTheSimplex(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(1, 16);
    int dependent = draw.between(0, 8);
    double decades = draw.between(0.0, 16.0);
    double p = draw.oneOf(POWERS);
    GramMatrix gram = gram(seed, m, decades, dependent);

    double[] alpha = new GradientAdaptive(p).combine(gram).alpha();

    assertThat(Arrays.stream(alpha)).allMatch(share -> share >= 0);
    assertThat(Arrays.stream(alpha).sum()).isCloseTo(1, within(1e-14));
  }

  @Cases
  void neverMovesAgainstAnObjective(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(1, 16);
    double decades = draw.between(0.0, 16.0);
    double p = draw.oneOf(POWERS);
    GramMatrix gram = gram(seed, m, decades, 0);

    double[] weights = new GradientAdaptive(p).combine(gram).weights();

    double tolerance = 1e-13 * shortestRescaled(gram, p);
    for (int i = 0; i < m; i++) {
      assertThat(alignment(gram, weights, i) / gram.norm(i)).isGreaterThan(-tolerance);
    }
  }

  @Cases
  void theorem33EverySupportingGradientGainsItsNormToTheP(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(2, 8);
    double decades = draw.between(0.0, 4.0);
    double p = draw.oneOf(POWERS);
    GramMatrix gram = gram(seed, m, decades, 0);

    Combination combination = new GradientAdaptive(p).combine(gram);

    double squaredNorm = Math.pow(gram.norm(combination.weights()), 2);
    for (int i = 0; i < m; i++) {
      if (combination.alpha()[i] > 0) {
        double tolerance = 1e-12 * gram.norm(i) * shortestRescaled(gram, p);
        assertThat(alignment(gram, combination.weights(), i))
            .isCloseTo(Math.pow(gram.norm(i), p) * squaredNorm, within(tolerance));
      }
    }
  }

  @Cases(3000)
  void certifiesItsAnswerWhateverTheRatioOfNorms(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(2, 16);
    double decades = draw.between(0.0, 16.0);
    double p = draw.oneOf(POWERS);
    assertThat(new GradientAdaptive(p).combine(gram(seed, m, decades, 0)).dualityGap())
        .isLessThan(1e-13);
  }

  @Cases
  void certifiesItsAnswerForEqualOpposedAndMixedGradients(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(2, 16);
    int dependent = draw.between(1, 15);
    double decades = draw.between(0.0, 2.0);
    double p = draw.oneOf(POWERS);
    assertThat(new GradientAdaptive(p).combine(gram(seed, m, decades, dependent)).dualityGap())
        .isLessThan(1e-9);
  }

  @Cases(200)
  void noPointOfTheSimplexIsShorter(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(2, 8);
    double decades = draw.between(0.0, 3.0);
    double p = draw.oneOf(POWERS);
    GramMatrix gram = gram(seed, m, decades, 0);
    Random random = new Random(seed);

    double shortest = gram.norm(new GradientAdaptive(p).combine(gram).weights());

    for (int trial = 0; trial < 50; trial++) {
      double[] alpha =
          IntStream.range(0, m).mapToDouble(i -> -Math.log(random.nextDouble())).toArray();
      double sum = Arrays.stream(alpha).sum();
      double[] weights =
          IntStream.range(0, m)
              .mapToDouble(i -> alpha[i] / sum / Math.pow(gram.norm(i), p))
              .toArray();
      assertThat(gram.norm(weights)).isGreaterThanOrEqualTo(shortest * (1 - 1e-7));
    }
  }

  @Cases
  void theOrderOfObjectivesDoesNotMatter(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(2, 8);
    double decades = draw.between(0.0, 8.0);
    double p = draw.oneOf(POWERS);
    double[][] gradients = RandomGradients.draw(seed, m, PARAMETERS, decades, 0);
    List<Integer> order = new ArrayList<>(IntStream.range(0, m).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    double[][] permuted = order.stream().map(i -> gradients[i]).toArray(double[][]::new);

    double[] weights = new GradientAdaptive(p).combine(RandomGradients.gram(gradients)).weights();
    double[] permutedWeights =
        new GradientAdaptive(p).combine(RandomGradients.gram(permuted)).weights();

    for (int i = 0; i < m; i++) {
      double expected = weights[order.get(i)];
      assertThat(permutedWeights[i]).isCloseTo(expected, within(1e-10 * max(weights)));
    }
  }

  @Cases
  void atPowerOneTheDirectionIgnoresEachGradientsLength(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(2, 8);
    double[][] gradients = RandomGradients.draw(seed, m, PARAMETERS, 2, 0);
    double[][] scaled = scaledByPowersOfTwo(gradients, seed);

    double[] alpha = new GradientAdaptive(1).combine(RandomGradients.gram(gradients)).alpha();
    double[] scaledAlpha = new GradientAdaptive(1).combine(RandomGradients.gram(scaled)).alpha();

    assertThat(scaledAlpha).containsExactly(alpha, within(1e-11));
  }

  @Cases
  void scalingAllGradientsScalesTheDirectionByThePowerLeftOver(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(2, 8);
    double p = draw.oneOf(POWERS);
    double[][] gradients = RandomGradients.draw(seed, m, PARAMETERS, 2, 0);
    double[][] scaled = new double[m][];
    for (int i = 0; i < m; i++) {
      scaled[i] = Arrays.stream(gradients[i]).map(x -> 8 * x).toArray();
    }
    GramMatrix gram = RandomGradients.gram(gradients);
    GramMatrix scaledGram = RandomGradients.gram(scaled);

    double norm = gram.norm(new GradientAdaptive(p).combine(gram).weights());
    double scaledNorm = scaledGram.norm(new GradientAdaptive(p).combine(scaledGram).weights());

    assertThat(scaledNorm).isCloseTo(norm * Math.pow(8, 1 - p), within(1e-9 * scaledNorm));
  }

  @Cases
  void mgdaIsPulledToAGradientThatShrinks(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(2, 8);
    double[][] gradients = RandomGradients.draw(seed, m, PARAMETERS, 0, 0);
    gradients[0] = Arrays.stream(gradients[0]).map(x -> 1e-6 * x).toArray();

    double[] alpha = GradientAdaptive.mgda().combine(RandomGradients.gram(gradients)).alpha();

    assertThat(alpha[0]).isGreaterThan(1 - 1e-4);
  }

  private static double[][] scaledByPowersOfTwo(double[][] gradients, long seed) {
    Random random = new Random(seed);
    return Arrays.stream(gradients)
        .map(
            row -> {
              double scale = Math.scalb(1.0, random.nextInt(61) - 30);
              return Arrays.stream(row).map(x -> scale * x).toArray();
            })
        .toArray(double[][]::new);
  }

  private static GramMatrix gram(long seed, int m, double decades, int dependent) {
    return RandomGradients.gram(RandomGradients.draw(seed, m, PARAMETERS, decades, dependent));
  }

  private static double alignment(GramMatrix gram, double[] weights, int i) {
    double sum = 0;
    for (int j = 0; j < weights.length; j++) {
      sum += gram.at(i, j) * weights[j];
    }
    return sum;
  }

  private static double shortestRescaled(GramMatrix gram, double p) {
    return IntStream.range(0, gram.objectives())
        .mapToDouble(i -> Math.pow(gram.norm(i), 1 - p))
        .min()
        .orElseThrow();
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }
}
