package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import org.junit.jupiter.api.Test;

class ProjectingConflictsTest {

  private final ProjectingConflicts pcgrad = new ProjectingConflicts();

  @Test
  void addsGradientsThatDoNotConflict() {
    GramMatrix gram = GramMatrix.of(new double[][] {{1, 1}, {1, 4}});

    assertThat(pcgrad.combine(gram))
        .isEqualTo(new Combination(new double[] {0.5, 0.5}, new double[] {1, 1}, 0));
  }

  @Test
  void projectsEachOfTwoConflictingGradientsOffTheOther() {
    GramMatrix gram = GramMatrix.of(new double[][] {{1, -1}, {-1, 4}});

    // g₁ + ¼ g₂ and g₂ + g₁.
    assertThat(pcgrad.combine(gram).weights()).containsExactly(2, 1.25);
  }

  @Test
  void aZeroGradientConflictsWithNone() {
    GramMatrix gram = GramMatrix.of(new double[][] {{0, 0}, {0, 4}});

    assertThat(pcgrad.combine(gram).weights()).containsExactly(1, 1);
  }

  @Cases
  void twoObjectivesNeverConflictWithTheResult(Draw draw) {
    long seed = draw.anyLong();
    double decades = draw.between(0.0, 6.0);
    GramMatrix gram = RandomGradients.gram(RandomGradients.draw(seed, 2, 8, decades, 0));

    double[] weights = pcgrad.combine(gram).weights();

    for (int i = 0; i < 2; i++) {
      double alignment = gram.at(i, 0) * weights[0] + gram.at(i, 1) * weights[1];
      assertThat(alignment).isGreaterThan(-1e-12 * gram.norm(i) * gram.norm(weights));
    }
  }
}
