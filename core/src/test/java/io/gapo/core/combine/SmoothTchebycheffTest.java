package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SmoothTchebycheffTest {

  private static final GramMatrix GRAM =
      GramMatrix.of(new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
  private static final Preference PREFERENCE = Steps.preference(0.5, 0.3, 0.2);

  @Test
  void towardsZeroOnlyTheObjectiveFurthestFromItsIdealCounts() {
    // Distances: 0.5 · 1, 0.3 · 4, 0.2 · 5.
    assertThat(combine(1e-3, new double[] {2, 3, 1}, 1, -1, -4))
        .containsExactly(new double[] {0, 0.3, 0}, within(1e-12));
  }

  @Test
  void towardsInfinityEachCountsByItsPreference() {
    assertThat(combine(1e9, new double[] {2, 3, 1}, 1, -1, -4))
        .containsExactly(new double[] {0.5 / 3, 0.1, 0.2 / 3}, within(1e-8));
  }

  @Test
  void withoutAnIdealScoresAreHeldAgainstZero() {
    SmoothTchebycheff held = new SmoothTchebycheff(PREFERENCE, Steps.byName(0, 0, 0), 1);
    SmoothTchebycheff plain = new SmoothTchebycheff(PREFERENCE, new TreeMap<>(), 1);
    MeasuredObjectives step = Steps.of(GRAM, MethodMemory.NONE, 1, -1, -4);

    assertThat(plain.combine(step)).isEqualTo(held.combine(step));
  }

  @Test
  void anObjectiveThatIsLeftOutOfTheStepKeepsItsDistance() {
    MeasuredObjectives step = Steps.of(GRAM, MethodMemory.NONE, 1, -1, -4);
    SmoothTchebycheff method = new SmoothTchebycheff(PREFERENCE, new TreeMap<>(), 1);

    double[] all = method.combine(step).weights();

    assertThat(method.combine(step.only(List.of(0, 2))).weights()).containsExactly(all[0], all[2]);
  }

  @Cases
  void whatFallsFurtherBehindGainsWeight(Draw draw) {
    double mu = draw.between(0.1, 10.0);
    double[] scores = {draw.between(-5.0, 5.0), draw.between(-5.0, 5.0), draw.between(-5.0, 5.0)};
    double[] before = combine(mu, new double[3], scores);
    scores[1] -= draw.between(0.01, 5.0);

    double[] after = combine(mu, new double[3], scores);

    assertThat(after[1]).isGreaterThanOrEqualTo(before[1]);
    assertThat(after[0]).isLessThanOrEqualTo(before[0]);
    assertThat(after[2]).isLessThanOrEqualTo(before[2]);
    // The gradient of a soft maximum of λ times a distance: no steeper than the steepest of them.
    assertThat(after[0] / 0.5 + after[1] / 0.3 + after[2] / 0.2).isCloseTo(1, within(1e-12));
  }

  @Test
  void rejectsWhatHasNoGradient() {
    assertThatThrownBy(() -> new SmoothTchebycheff(PREFERENCE, new TreeMap<>(), 0))
        .hasMessageContaining("mu must be > 0 and finite, was 0.0");
    assertThatThrownBy(
            () -> new SmoothTchebycheff(PREFERENCE, Steps.byName(Double.POSITIVE_INFINITY), 1))
        .hasMessageContaining("ideal scores must be finite");
  }

  private static double[] combine(double mu, double[] ideal, double... scores) {
    return new SmoothTchebycheff(PREFERENCE, Steps.byName(ideal), mu)
        .combine(Steps.of(GRAM, MethodMemory.NONE, scores))
        .weights();
  }
}
