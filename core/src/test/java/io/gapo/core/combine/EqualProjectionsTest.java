package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EqualProjectionsTest {

  private final EqualProjections imtlg = new EqualProjections();

  @Test
  void weighsOrthogonalGradientsInverselyToTheirNorm() {
    GramMatrix gram = GramMatrix.of(new double[][] {{9, 0}, {0, 1}});

    assertThat(imtlg.combine(gram).weights())
        .containsExactly(new double[] {0.25, 0.75}, within(1e-15));
  }

  @Test
  void dependentOrZeroGradientsHaveNoDirection() {
    assertThat(Vectors.undefined("imtlg"))
        .isNotEmpty()
        .allSatisfy(
            gram -> assertThat(imtlg.combine(gram)).isEqualTo(Combination.none(gram.objectives())));
  }

  @Test
  void weightsThatCancelHaveNoDirection() {
    // C⁻¹(1, 1, 1) is about (18.3, −6.4, −6.4) with a first gradient that much longer.
    double cosine = 0.8;
    double between = 0.4;
    double[] y = solution(cosine, between);
    double n = -y[0] / (2 * y[1]);
    GramMatrix gram =
        GramMatrix.of(
            new double[][] {
              {n * n, n * cosine, n * cosine},
              {n * cosine, 1, between},
              {n * cosine, between, 1}
            });

    assertThat(imtlg.combine(gram)).isEqualTo(Combination.none(3));
  }

  /**
   * The solution of C y = 1 for one gradient at one cosine to two others that are at another to
   * each other.
   */
  private static double[] solution(double cosine, double between) {
    double determinant = 1 + between - 2 * cosine * cosine;
    return new double[] {(1 + between - 2 * cosine) / determinant, (1 - cosine) / determinant};
  }

  @Cases
  void projectsEquallyOnEveryGradient(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(1, 8);
    GramMatrix gram = RandomGradients.gram(RandomGradients.draw(seed, m, 24, 1, 0));

    double[] weights = imtlg.combine(gram).weights();

    assertThat(Arrays.stream(weights).sum()).isCloseTo(1, within(1e-10));
    double[] projections = new double[m];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        projections[i] += gram.at(i, j) * weights[j] / gram.norm(i);
      }
    }
    double[] first = new double[m];
    Arrays.fill(first, projections[0]);
    assertThat(projections).containsExactly(first, within(1e-9 * Math.abs(projections[0])));
  }
}
