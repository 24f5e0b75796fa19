package io.gapo.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.PromptPreference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PreferenceTextTest {

  private static final List<String> OBJECTIVES = List.of("helpful", "harmless");
  private static final String PATTERN = "{preference} {prompt}";
  private static final Prompt PLAIN = new Prompt("p", "how do i boil an egg?");

  private static String words(int helpful, int harmless) {
    return ("helpful ".repeat(helpful) + "harmless ".repeat(harmless)).strip();
  }

  @Test
  void namesEachObjectiveAsOftenAsItsShareHasTenths() {
    PreferenceText text = text(Optional.empty(), true);

    assertThat(text.apply(asked(0.6, 0.4)))
        .isEqualTo(words(6, 4) + " how do i boil an egg?")
        .startsWith("helpful helpful helpful helpful helpful helpful harmless harmless");
    assertThat(text.apply(asked(0, 1))).isEqualTo(words(0, 10) + " how do i boil an egg?");
    assertThat(text.apply(asked(0.24, 0.76))).isEqualTo(words(2, 8) + " how do i boil an egg?");
  }

  @Test
  void leavesAPromptWithoutPreferenceAsItIs() {
    assertThat(text(Optional.empty(), false).apply(PLAIN)).isEqualTo(PLAIN.text());
    assertThat(PreferenceText.NONE.apply(asked(0.6, 0.4))).isEqualTo(PLAIN.text());
  }

  @Test
  void whatThePromptSaysIsNotTakenForAPlaceholder() {
    Prompt prompt =
        new Prompt("p", "what is {preference}?").preferring(asked(1, 1).preference().orElseThrow());

    assertThat(text(Optional.empty(), true).apply(prompt))
        .isEqualTo(words(5, 5) + " what is {preference}?");
  }

  @Test
  void thePreferenceIsAmongTheTemplatesOwnParts() {
    PromptTemplate template = new PromptTemplate("USER: {prompt} ASSISTANT:");
    PreferenceText text =
        new PreferenceText(OBJECTIVES, "<p>{preference}</p> {prompt}!", Optional.empty(), true);

    assertThat(text.around(template, asked(0.6, 0.4)))
        .isEqualTo(
            new TemplatedText(
                "USER: <p>%s</p> ".formatted(words(6, 4)),
                "how do i boil an egg?",
                "! ASSISTANT:",
                ""));
    assertThat(text.around(template, PLAIN)).isEqualTo(template.around(PLAIN.text(), ""));
    assertThat(PreferenceText.NONE.around(template, asked(0.6, 0.4)))
        .isEqualTo(template.around(PLAIN.text(), ""));
  }

  @Test
  void refusesAPromptWithoutPreferenceOnlyWhereOneIsNeededAndThereIsNoDefault() {
    PromptPreference fallback = PromptPreference.of(Map.of("helpful", 1.0));

    assertThat(text(Optional.empty(), true).rejection(PLAIN))
        .hasValueSatisfying(
            reason ->
                assertThat(reason)
                    .contains("the prompt has no 'preference'", "[helpful, harmless]"));
    assertThat(text(Optional.of(fallback), true).rejection(PLAIN)).isEmpty();
    assertThat(text(Optional.of(fallback), true).complete(PLAIN).preference()).contains(fallback);
    assertThat(text(Optional.empty(), true).optional().rejection(PLAIN)).isEmpty();
  }

  @Test
  void refusesAPreferenceForAnObjectiveThatTheRunDoesNotHave() {
    Prompt prompt = PLAIN.preferring(PromptPreference.of(Map.of("helpful", 0.5, "funny", 0.5)));

    assertThat(text(Optional.empty(), false).rejection(prompt))
        .contains("'preference' names 'funny', the objectives are [helpful, harmless]");
    assertThat(PreferenceText.NONE.rejection(prompt)).isEmpty();
  }

  @Test
  void aPatternNeedsBothPlaceholdersOnce() {
    for (String pattern : List.of("{prompt}", "{preference}", "{preference} {prompt} {prompt}")) {
      assertThatThrownBy(() -> new PreferenceText(OBJECTIVES, pattern, Optional.empty(), false))
          .hasMessageContaining("must contain {preference} and {prompt} once each")
          .hasMessageContaining(pattern);
    }
  }

  private static PreferenceText text(Optional<PromptPreference> fallback, boolean required) {
    return new PreferenceText(OBJECTIVES, PATTERN, fallback, required);
  }

  private static Prompt asked(double helpful, double harmless) {
    return PLAIN.preferring(PromptPreference.of(Map.of("helpful", helpful, "harmless", harmless)));
  }
}
