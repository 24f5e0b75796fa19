package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AlignedPrincipalComponentsTest {

  private final AlignedPrincipalComponents aligned = new AlignedPrincipalComponents();

  @Test
  void scalesOrthogonalGradientsToTheShortest() {
    GramMatrix gram = GramMatrix.of(new double[][] {{4, 0}, {0, 1}});

    assertThat(aligned.combine(gram).weights()).containsExactly(0.25, 0.5);
  }

  @Test
  void leavesOutComponentsThatAreZero() {
    GramMatrix equal = GramMatrix.of(new double[][] {{4, 4}, {4, 4}});

    // One component, g, in both.
    assertThat(aligned.combine(equal).weights())
        .containsExactly(new double[] {0.5, 0.5}, within(1e-15));
  }

  @Test
  void zeroGradientsHaveNoDirection() {
    assertThat(aligned.combine(GramMatrix.of(new double[2][2]))).isEqualTo(Combination.none(2));
  }

  @Test
  void rankDeficientGradientsHaveFiniteWeights() {
    assertThat(Vectors.undefined("aligned_mtl").map(aligned::combine))
        .isNotEmpty()
        .allSatisfy(
            combination ->
                assertThat(Arrays.stream(combination.weights())).allMatch(Double::isFinite));
  }

  @Cases
  void theRotationsDiagonalize(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(1, 12);
    double[][] matrix = RandomGradients.gram(RandomGradients.draw(seed, m, 24, 4, 0)).toRows();

    SymmetricEigen eigen = SymmetricEigen.of(matrix);

    double largest = Arrays.stream(eigen.values()).max().orElseThrow();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        double sum = 0;
        for (int k = 0; k < m; k++) {
          sum += eigen.vectors()[i][k] * eigen.values()[k] * eigen.vectors()[j][k];
        }
        assertThat(sum).isCloseTo(matrix[i][j], within(1e-13 * largest));
      }
    }
  }
}
