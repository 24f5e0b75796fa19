package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GradientAdaptiveTest {

  private static final GramMatrix THREE_AND_FOUR = GramMatrix.of(new double[][] {{9, 0}, {0, 16}});

  @Test
  void mgdaWeighsOrthogonalGradientsInverselyToTheirSquaredNorm() {
    Combination combination = GradientAdaptive.mgda().combine(THREE_AND_FOUR);

    assertThat(combination.alpha()).containsExactly(new double[] {0.64, 0.36}, within(1e-15));
    assertThat(combination.weights()).isEqualTo(combination.alpha());
  }

  @Test
  void powerOneIsTheBisectorOfAnyTwoGradients() {
    GramMatrix gram = GramMatrix.of(new double[][] {{9, -11.9}, {-11.9, 16}});

    Combination combination = new GradientAdaptive(1).combine(gram);

    assertThat(combination.alpha()).containsExactly(0.5, 0.5);
    assertThat(combination.weights())
        .containsExactly(new double[] {0.5 / 3, 0.5 / 4}, within(1e-15));
  }

  @Test
  void powerTwoSwapsTheSharesOfMgdaForTwoObjectives() {
    GramMatrix gram = GramMatrix.of(new double[][] {{9, -5}, {-5, 16}});

    double[] mgda = GradientAdaptive.mgda().combine(gram).alpha();
    double[] swapped = new GradientAdaptive(2).combine(gram).alpha();

    assertThat(swapped).containsExactly(new double[] {mgda[1], mgda[0]}, within(1e-15));
  }

  @Test
  void picksTheShorterOfTwoParallelGradients() {
    GramMatrix gram = GramMatrix.of(new double[][] {{1, 2}, {2, 4}});

    assertThat(GradientAdaptive.mgda().combine(gram).alpha()).containsExactly(1, 0);
    assertThat(new GradientAdaptive(2).combine(gram).alpha()).containsExactly(0, 1);
  }

  @Test
  void equalGradientsShareEvenlyAndMakeThatGradientTheDirection() {
    GramMatrix gram = GramMatrix.of(new double[][] {{4, 4}, {4, 4}});

    Combination combination = GradientAdaptive.mgda().combine(gram);

    assertThat(combination.alpha()).containsExactly(0.5, 0.5);
    assertThat(gram.norm(combination.weights())).isEqualTo(2);
  }

  @Test
  void findsNoDirectionWhenGradientsOppose() {
    GramMatrix opposed = GramMatrix.of(new double[][] {{1, -10}, {-10, 100}});

    for (double p : new double[] {0, 0.5, 1, 2, 3}) {
      Combination combination = new GradientAdaptive(p).combine(opposed);

      assertThat(combination.dualityGap()).isZero();
      assertThat(opposed.norm(combination.weights())).as("norm at p = %s", p).isLessThan(1e-8);
    }
  }

  @Test
  void oneObjectiveKeepsItsOwnDirection() {
    GramMatrix gram = GramMatrix.of(new double[][] {{4}});

    assertThat(GradientAdaptive.mgda().combine(gram).weights()).containsExactly(1);
    assertThat(new GradientAdaptive(1).combine(gram).weights()).containsExactly(0.5);
    assertThat(new GradientAdaptive(3).combine(gram).weights()).containsExactly(0.125);
  }

  @Test
  void mgdaGivesAllSharesToAZeroGradient() {
    GramMatrix gram = GramMatrix.of(new double[][] {{4, 0, 0}, {0, 0, 0}, {0, 0, 0}});

    Combination combination = GradientAdaptive.mgda().combine(gram);

    assertThat(combination.alpha()).containsExactly(0, 0.5, 0.5);
    assertThat(gram.norm(combination.weights())).isZero();
  }

  @Test
  void aZeroGradientIsSkippedAndAShortOneIsNot() {
    GradientAdaptive combiner = new GradientAdaptive(1);

    Combination zero = combiner.combine(GramMatrix.of(new double[][] {{4, 0}, {0, 0}}));
    Combination small = combiner.combine(GramMatrix.of(new double[][] {{4, 0}, {0, 1e-200}}));

    assertThat(zero).isEqualTo(new Combination(new double[] {1, 0}, new double[] {0.5, 0}, 0));
    assertThat(small.weights()).containsExactly(new double[] {0.25, 0.5e100}, within(1e85));
  }

  @Test
  void thereIsNoDirectionWhenEveryGradientIsZero() {
    GramMatrix zeros = GramMatrix.of(new double[3][3]);

    assertThat(new GradientAdaptive(1).combine(zeros)).isEqualTo(Combination.none(3));
  }

  @Test
  void aDenormalSquaredNormIsANormLikeAnother() {
    GramMatrix gram = GramMatrix.of(new double[][] {{1e-310, 0}, {0, 1}});

    Combination combination = GradientAdaptive.mgda().combine(gram);

    assertThat(combination.alpha()[0]).isEqualTo(1);
    assertThat(combination.alpha()[1]).isCloseTo(1e-310, within(1e-320));
  }

  @Test
  void largePowersOfExtremeNormsKeepTheDirection() {
    // Norms 1e-140 and 1e140: the cube of either is out of range.
    GramMatrix gram = GramMatrix.of(new double[][] {{1e-280, -0.5}, {-0.5, 1e280}});

    Combination combination = new GradientAdaptive(3).combine(gram);

    // Cosine −½: the rescaled second vector is next to nothing and orthogonal to d.
    double first = combination.weights()[0] * 1e-140;
    double second = combination.weights()[1] * 1e140;
    assertThat(first).isPositive().isFinite();
    assertThat(second / first).isCloseTo(2, within(1e-12));
  }

  @Test
  void survivesAMatrixThatNoGradientsHave() {
    double[][] rows = {{1, 9, -9}, {9, 1, 9}, {-9, 9, 1}};

    Combination combination = GradientAdaptive.mgda().combine(GramMatrix.of(rows));

    assertThat(combination.alpha())
        .satisfies(
            alpha -> assertThat(Arrays.stream(alpha)).allMatch(share -> share >= 0 && share <= 1));
  }

  @Test
  void rejectsWhatIsNotAPower() {
    assertThatThrownBy(() -> new GradientAdaptive(-1)).hasMessageContaining("p must be >= 0");
    assertThatThrownBy(() -> new GradientAdaptive(Double.NaN)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new GradientAdaptive(Double.POSITIVE_INFINITY))
        .hasMessageContaining("finite");
  }
}
