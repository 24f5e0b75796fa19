package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClippedConflictAverseTest {

  private static final int PARAMETERS = 6;

  @Test
  void withoutARadiusItIsThePreferredGradient() {
    GramMatrix gram = GramMatrix.of(new double[][] {{1, -1}, {-1, 4}});

    assertThat(combine(gram, 0, 0.3, 0.7)).containsExactly(0.3, 0.7);
  }

  @Test
  void aPreferenceForOneObjectiveAloneGivesItsGradientOnly() {
    GramMatrix gram = GramMatrix.of(new double[][] {{4, -1}, {-1, 1}});

    assertThat(combine(gram, 0.5, 1, 0)).isEqualTo(new double[] {1, 0});
    assertThat(combine(GramMatrix.of(new double[][] {{4, 1}, {1, 100}}), 0.5, 1, 0))
        .containsExactly(new double[] {1.5, 0}, within(1e-12));
  }

  @Test
  void gradientsThatCancelInTheMixtureLeaveThePreferredOne() {
    GramMatrix opposed = GramMatrix.of(new double[][] {{4, -4}, {-4, 4}});

    assertThat(combine(opposed, 0.5, 0.5, 0.5)).containsExactly(0.5, 0.5);
  }

  @Cases(200)
  void noObjectiveHasMoreOfTheCorrectionThanWasAskedForIt(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(2, 5);
    double c = draw.between(0.01, 0.9);
    GramMatrix gram = RandomGradients.gram(RandomGradients.draw(seed, m, PARAMETERS, 2, 0));
    double[] drawn = new SplittableRandom(seed).doubles(m).toArray();
    double sum = Arrays.stream(drawn).sum();
    double[] shares = Arrays.stream(drawn).map(share -> share / sum).toArray();

    double[] weights = combine(gram, c, shares);

    double[] correction = new double[m];
    Arrays.setAll(correction, i -> weights[i] - shares[i]);
    // Clipped to the shares before it is brought to the radius: the same multiple of each at most.
    assertThat(Arrays.stream(correction)).allMatch(share -> share >= -1e-15);
    double radius = c * gram.norm(shares);
    // None, where the clipped mixture is 0.
    double length = gram.norm(correction);
    assertThat(length < 1e-12 * radius || Math.abs(length - radius) < 1e-9 * radius).isTrue();
    double[] p = ConflictAverse.worstOff(gram, shares, c);
    double[] clipped = new double[m];
    Arrays.setAll(clipped, i -> Math.min(p[i], shares[i]));
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        assertThat(correction[i] * clipped[j]).isCloseTo(correction[j] * clipped[i], within(1e-9));
      }
    }
  }

  @Test
  void rejectsARadiusThatDoesNotConverge() {
    assertThatThrownBy(() -> new ClippedConflictAverse(Steps.preference(1), 1))
        .hasMessageContaining("c must be in [0, 1)");
  }

  private static double[] combine(GramMatrix gram, double c, double... shares) {
    return new ClippedConflictAverse(Steps.preference(shares), c).combine(Steps.of(gram)).weights();
  }
}
