package io.gapo.lab.exam;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.rollout.PromptPreference;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PreferenceGridTest {

  private static final List<String> TWO = List.of("helpful", "harmless");

  @Test
  void theFirstObjectiveGetsTheShareAndTheOthersTheRestEvenly() {
    assertThat(PreferenceGrid.preference(0.4, List.of("a", "b", "c")))
        .isEqualTo(Map.of("a", 0.4, "b", 0.3, "c", 0.3));
  }

  @Test
  void everyFourPromptsAskForAllFourInAnOrderOfTheirOwn() {
    List<PromptPreference> dealt = PreferenceGrid.dealt(40, TWO, 3);

    assertThat(dealt).hasSize(40).isEqualTo(PreferenceGrid.dealt(40, TWO, 3));
    Set<PromptPreference> all = Set.copyOf(dealt.subList(0, 4));
    assertThat(all).hasSize(4);
    for (int i = 4; i < 40; i += 4) {
      assertThat(Set.copyOf(dealt.subList(i, i + 4))).isEqualTo(all);
    }
    assertThat(dealt.subList(0, 20)).isNotEqualTo(dealt.subList(20, 40));
  }
}
