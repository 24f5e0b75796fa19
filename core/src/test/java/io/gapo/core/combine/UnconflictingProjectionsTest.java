package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import org.junit.jupiter.api.Test;

class UnconflictingProjectionsTest {

  private final UnconflictingProjections upgrad = new UnconflictingProjections();

  @Test
  void withoutConflictItIsTheMean() {
    GramMatrix gram = GramMatrix.of(new double[][] {{1, 1}, {1, 4}});

    assertThat(upgrad.combine(gram).weights()).containsExactly(0.5, 0.5);
  }

  @Test
  void projectsEachOfTwoConflictingGradientsOffTheOther() {
    GramMatrix gram = GramMatrix.of(new double[][] {{1, -1}, {-1, 4}});

    assertThat(upgrad.combine(gram).weights()).containsExactly(1, 0.625);
  }

  @Cases
  void neverMovesAgainstAnObjective(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(1, 12);
    double decades = draw.between(0.0, 16.0);
    GramMatrix gram = RandomGradients.gram(RandomGradients.draw(seed, m, 24, decades, 0));

    double[] weights = upgrad.combine(gram).weights();

    for (int i = 0; i < m; i++) {
      double alignment = 0;
      for (int j = 0; j < m; j++) {
        alignment += gram.at(i, j) * weights[j];
      }
      assertThat(alignment).isGreaterThan(-1e-12 * gram.norm(i) * gram.norm(weights));
    }
  }
}
