package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import org.junit.jupiter.api.Test;

class ClippedGradientsTest {

  private static final GramMatrix LONG_AND_SHORT = GramMatrix.of(new double[][] {{100, 3}, {3, 1}});

  @Test
  void shortensALongGradientAndLeavesAShortOne() {
    Combination combination =
        new ClippedGradients(new LinearScalarization(Steps.preference(1, 1)), 2)
            .combine(Steps.of(LONG_AND_SHORT));

    assertThat(combination.weights()).containsExactly(0.5 * 2 / 10, 0.5);
    assertThat(combination.alpha()).containsExactly(0.5, 0.5);
  }

  @Test
  void theCombinerDecidesByTheShortenedGradients() {
    double[] weights =
        new ClippedGradients(GradientAdaptive.mgda(), 1)
            .combine(Steps.of(LONG_AND_SHORT))
            .weights();

    // Of two unit gradients the shortest vector is halfway between.
    assertThat(weights[0] * 10).isEqualTo(0.5, within(1e-12));
    assertThat(weights[1]).isEqualTo(0.5, within(1e-12));
  }

  @Cases
  void whereNothingIsTooLongNothingChanges(Draw draw) {
    long seed = draw.anyLong();
    double p = draw.between(0.0, 3.0);
    GramMatrix gram = RandomGradients.gram(RandomGradients.draw(seed, 3, 8, 1, 0));

    assertThat(new ClippedGradients(new GradientAdaptive(p), 1e9).combine(Steps.of(gram)))
        .isEqualTo(new GradientAdaptive(p).combine(gram));
  }

  @Cases
  void whoComparesUnitGradientsSeesNoDifference(Draw draw) {
    long seed = draw.anyLong();
    GramMatrix gram = RandomGradients.gram(RandomGradients.draw(seed, 3, 8, 3, 0));

    double[] clipped =
        new ClippedGradients(new GradientAdaptive(1), 0.1).combine(Steps.of(gram)).weights();
    double[] whole = new GradientAdaptive(1).combine(gram).weights();

    for (int i = 0; i < 3; i++) {
      assertThat(clipped[i] * gram.norm(i)).isEqualTo(whole[i] * gram.norm(i), within(1e-6));
    }
  }

  @Test
  void rejectsALengthThatIsNone() {
    assertThatThrownBy(() -> new ClippedGradients(GradientAdaptive.mgda(), 0))
        .hasMessageContaining("longest norm");
  }
}
