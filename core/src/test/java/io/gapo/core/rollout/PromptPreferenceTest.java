package io.gapo.core.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromptPreferenceTest {

  private static final List<String> OBJECTIVES = List.of("helpful", "harmless", "concise");

  @Test
  void onlyRatiosCountAndWhatIsNotNamedIsNotAskedFor() {
    PromptPreference preference = PromptPreference.of(Map.of("harmless", 1.0, "helpful", 3.0));

    assertThat(preference.sharesOf(OBJECTIVES)).containsExactly(0.75, 0.25, 0);
    assertThat(preference.unknown(OBJECTIVES)).isEmpty();
  }

  @Test
  void namesAnObjectiveThatTheRunDoesNotHave() {
    assertThat(PromptPreference.of(Map.of("funny", 1.0)).unknown(OBJECTIVES)).contains("funny");
  }

  @Test
  void refusesSharesThatCannotBeScaled() {
    assertThatThrownBy(() -> PromptPreference.of(Map.of("a", -0.1, "b", 1.0)))
        .hasMessage("the preference for 'a' must be a finite number >= 0, was -0.1");
    assertThatThrownBy(() -> PromptPreference.of(Map.of("a", Double.NaN)))
        .hasMessageContaining("was NaN");
    assertThatThrownBy(() -> PromptPreference.of(Map.of("a", Double.POSITIVE_INFINITY)))
        .hasMessageContaining("was Infinity");
    assertThatThrownBy(() -> PromptPreference.of(Map.of("a", 0.0)))
        .hasMessage("a preference must have a finite sum > 0, was {a=0.0}");
    assertThatThrownBy(() -> PromptPreference.of(Map.of())).hasMessageContaining("sum > 0");
  }

  @Cases
  void whatWasScaledIsNotScaledAgain(Draw draw) {
    double a = draw.between(0.0, 1e6);
    double b = draw.between(0.01, Double.MAX_VALUE);
    PromptPreference once = PromptPreference.of(Map.of("a", a, "b", b));

    assertThat(PromptPreference.of(once.shares())).isEqualTo(once);
    assertThat(once.shares().values().stream().mapToDouble(Double::doubleValue).sum())
        .isCloseTo(1, within(1e-9));
  }
}
