package io.gapo.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.gapo.ops.config.CombinationMethod;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContestantTest {

  private static final List<String> OBJECTIVES = List.of("helpful", "harmless");

  @Test
  void readsWhatUsersWrite() {
    assertThat(Contestant.parse("gapo", OBJECTIVES).label()).isEqualTo("GAPO p = 1");
    assertThat(Contestant.parse("gapo:p=2", OBJECTIVES).settings())
        .contains(entry("gapo.combination.method", "gapo"), entry("gapo.combination.p", 2.0));
    assertThat(Contestant.parse("gapo:p=0.5", OBJECTIVES).label()).isEqualTo("GAPO p = 0.5");
    assertThat(Contestant.parse("ppo-harmless", OBJECTIVES).label()).isEqualTo("PPO harmless");
    assertThat(Contestant.parse("morlhf", OBJECTIVES).preference())
        .containsExactly(entry("helpful", 0.5), entry("harmless", 0.5));
    assertThat(Contestant.parse("safe-rlhf", OBJECTIVES).preference()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(CombinationMethod.class)
  void everyMethodThatTrainsForOnePreferenceOrNoneCanBeCompared(CombinationMethod method) {
    String text = method.spelling("harmless");
    if (method.isConditioned()) {
      assertThatThrownBy(() -> Contestant.parse(text, OBJECTIVES))
          .hasMessageContaining("there is no method '%s'", text);
      assertThat(ComparisonPlan.FRONTIER_METHODS).contains(text);
    } else {
      assertThat(Contestant.parse(text, OBJECTIVES).settings())
          .containsEntry("gapo.combination.method", text)
          .containsAllEntriesOf(method.requiredSettings());
      assertThat(Contestant.parse(text, OBJECTIVES).label()).startsWith(method.label("harmless"));
    }
  }

  @Test
  void tellsThePipelineThePreference() {
    Contestant contestant =
        Contestant.preferring("p-gapo", Map.of("helpful", 0.2, "harmless", 0.8));

    assertThat(contestant.settings())
        .containsEntry("gapo.combination.method", "p-gapo")
        .containsEntry("gapo.combination.preference.\"helpful\"", 0.2);
  }

  @Test
  void namesItsFilesSoThatNoTwoAreAlike() {
    assertThat(ComparisonPlan.paper(OBJECTIVES).stream().map(each -> each.fileName(1)).distinct())
        .hasSameSizeAs(ComparisonPlan.paper(OBJECTIVES));
    assertThat(Contestant.parse("gapo:p=2", OBJECTIVES).fileName(3)).isEqualTo("gapo-p2.0-seed3");
  }

  @Test
  void rejectsWhatIsNoMethod() {
    assertThatThrownBy(() -> Contestant.parse("best", OBJECTIVES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there is no method 'best'")
        .hasMessageContaining("mgda");
    assertThatThrownBy(() -> Contestant.parse("gapo:p=x", OBJECTIVES))
        .hasMessageContaining("p must be a number");
  }
}
