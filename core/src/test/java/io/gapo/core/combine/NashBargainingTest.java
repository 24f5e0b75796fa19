package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import org.junit.jupiter.api.Test;

class NashBargainingTest {

  private final NashBargaining nash = new NashBargaining();

  @Test
  void orthogonalGradientsAreMadeUnitLength() {
    GramMatrix gram = GramMatrix.of(new double[][] {{4, 0}, {0, 0.25}});

    assertThat(nash.combine(gram).weights()).containsExactly(new double[] {0.5, 2}, within(1e-14));
  }

  @Test
  void thereIsNoAgreementAtAStationaryPoint() {
    assertThat(Vectors.undefined("nash"))
        .isNotEmpty()
        .allSatisfy(
            gram -> assertThat(nash.combine(gram)).isEqualTo(Combination.none(gram.objectives())));
  }

  @Cases
  void everyObjectiveGainsTheSameInProportion(Draw draw) {
    long seed = draw.anyLong();
    int m = draw.between(1, 12);
    double decades = draw.between(0.0, 16.0);
    GramMatrix gram = RandomGradients.gram(RandomGradients.draw(seed, m, 24, decades, 0));

    double[] weights = nash.combine(gram).weights();

    for (int i = 0; i < m; i++) {
      double gain = 0;
      for (int j = 0; j < m; j++) {
        gain += weights[i] * gram.at(i, j) * weights[j];
      }
      assertThat(gain).isCloseTo(1, within(1e-11));
    }
  }
}
