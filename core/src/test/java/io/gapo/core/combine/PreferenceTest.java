package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PreferenceTest {

  private static final GramMatrix THREE_AND_FOUR = GramMatrix.of(new double[][] {{9, 0}, {0, 16}});

  @Test
  void onlyTheRatiosCount() {
    assertThat(Steps.preference(1, 3)).isEqualTo(Steps.preference(0.25, 0.75));
  }

  @Test
  void preferenceWeightedDividesEachShareByItsGradientsNorm() {
    Combination combination =
        new PreferenceWeighted(Steps.preference(0.25, 0.75)).combine(Steps.of(THREE_AND_FOUR));

    assertThat(combination.alpha()).containsExactly(0.25, 0.75);
    assertThat(combination.weights())
        .containsExactly(new double[] {0.25 / 3, 0.75 / 4}, within(1e-16));
    assertThat(combination.dualityGap()).isZero();
  }

  @Test
  void preferenceWeightedSkipsAZeroGradientAndLeavesTheOthers() {
    GramMatrix gram = GramMatrix.of(new double[][] {{9, 0}, {0, 0}});

    Combination combination =
        new PreferenceWeighted(Steps.preference(1, 3)).combine(Steps.of(gram));

    assertThat(combination.alpha()).containsExactly(0.25, 0);
    assertThat(combination.weights()).containsExactly(0.25 / 3, 0);
  }

  @Test
  void halfAndHalfIsGapoAtPowerOneForTwoObjectives() {
    GramMatrix gram = GramMatrix.of(new double[][] {{9, -7}, {-7, 16}});

    Combination preferred = new PreferenceWeighted(Steps.preference(1, 1)).combine(Steps.of(gram));
    Combination adaptive = new GradientAdaptive(1).combine(gram);

    assertThat(preferred.weights()).containsExactly(adaptive.weights(), within(1e-16));
  }

  @Test
  void linearScalarizationPutsTheSharesOnTheRawGradients() {
    Combination combination =
        new LinearScalarization(Steps.preference(1, 4)).combine(Steps.of(THREE_AND_FOUR));

    assertThat(combination)
        .isEqualTo(new Combination(new double[] {0.2, 0.8}, new double[] {0.2, 0.8}, 0));
  }

  @Test
  void rejectsWhatIsNotAPreference() {
    assertThatThrownBy(() -> Steps.preference(0.5, -0.5)).hasMessageContaining("{a=0.5, b=-0.5}");
    assertThatThrownBy(() -> Steps.preference(Double.NaN)).hasMessageContaining(">= 0");
    assertThatThrownBy(() -> Steps.preference(0, 0)).hasMessageContaining("sum > 0");
    assertThatThrownBy(Steps::preference).hasMessageContaining("sum > 0");
    assertThatThrownBy(() -> Steps.preference(Double.MAX_VALUE, Double.MAX_VALUE))
        .hasMessageContaining("finite");
  }

  @Test
  void refusesARunOfOtherObjectives() {
    LinearScalarization ofThree = new LinearScalarization(Steps.preference(1, 1, 1));
    PreferenceWeighted ofOthers = new PreferenceWeighted(Preference.of(Map.of("a", 1.0, "z", 1.0)));

    assertThatThrownBy(() -> ofThree.combine(Steps.of(THREE_AND_FOUR)))
        .hasMessageContaining("among the objectives [a, b, c], the run has [a, b]");
    assertThatThrownBy(() -> ofOthers.combine(Steps.of(THREE_AND_FOUR)))
        .hasMessageContaining("among the objectives [a, z], the run has [a, b]");
  }

  @Test
  void eachShareGoesToTheObjectiveOfItsNameInWhateverOrderTheGradientsCome() {
    MeasuredObjectives exchanged = Steps.reversed(Steps.of(THREE_AND_FOUR));

    assertThat(new LinearScalarization(Steps.preference(1, 4)).combine(exchanged).weights())
        .containsExactly(0.8, 0.2);
    assertThat(new PreferenceWeighted(Steps.preference(1, 4)).combine(exchanged).weights())
        .containsExactly(new double[] {0.8 / 4, 0.2 / 3}, within(1e-16));
  }
}
