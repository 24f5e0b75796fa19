package io.gapo.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.runtime.text.TemplatedText.Part;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
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
  void roundsBetweenTenthsSoThatThereAreTenNamesAndTiesGoToTheEarlierObjective() {
    PreferenceText text = text(Optional.empty(), true);

    assertThat(text.apply(asked(0.25, 0.75))).isEqualTo(words(3, 7) + " how do i boil an egg?");
    assertThat(text.apply(asked(0.75, 0.25))).isEqualTo(words(8, 2) + " how do i boil an egg?");
    assertThat(text.apply(asked(0.96, 0.04))).isEqualTo(words(10, 0) + " how do i boil an egg?");
    assertThat(counts(1, 1, 1)).containsExactly(4, 3, 3);
    assertThat(counts(0.02, 0.49, 0.49)).containsExactly(0, 5, 5);
  }

  @Test
  void saysTenthsExactly() {
    for (int first = 0; first <= 10; first++) {
      for (int second = 0; first + second <= 10; second++) {
        int third = 10 - first - second;

        assertThat(counts(first / 10.0, second / 10.0, third / 10.0))
            .containsExactly(first, second, third);
        assertThat(counts(7 * first, 7 * second, 7 * third)).containsExactly(first, second, third);
      }
    }
  }

  @Cases
  void alwaysHasTenNamesEachWithinOneOfItsShare(Draw draw) {
    List<Double> weights = draw.list(1, 10, () -> draw.between(0.0, 1.0));
    double sum = weights.stream().mapToDouble(weight -> weight).sum();
    if (sum == 0) {
      return; // Nothing is asked for.
    }
    double[] shares = weights.stream().mapToDouble(weight -> weight / sum).toArray();

    int[] counts = counts(shares);

    assertThat(Arrays.stream(counts).sum()).isEqualTo(10);
    for (int i = 0; i < shares.length; i++) {
      assertThat((double) counts[i]).isCloseTo(10 * shares[i], within(1.0));
      if (shares[i] == 0) {
        assertThat(counts[i]).isZero();
      }
    }
  }

  @Cases
  void hasAsManyNamesAsObjectivesIfThoseAreMoreThanTen(Draw draw) {
    List<Double> weights = draw.list(11, 40, () -> draw.between(0.01, 1.0));
    double[] uneven = weights.stream().mapToDouble(weight -> weight).toArray();
    double[] even = new double[uneven.length];
    Arrays.fill(even, 1);

    assertThat(Arrays.stream(counts(uneven)).sum()).isEqualTo(uneven.length);
    assertThat(counts(even)).containsOnly(1);
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
                List.of(
                    new Part("USER: ", true),
                    new Part("<p>%s</p> ".formatted(words(6, 4)), true),
                    new Part("how do i boil an egg?", false),
                    new Part("!", true),
                    new Part(" ASSISTANT:", true),
                    new Part("", false)),
                false));
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

  /** How often each of as many objectives is named, if these are their shares up to a factor. */
  private static int[] counts(double... shares) {
    List<String> names =
        IntStream.range(0, shares.length).mapToObj("objective-%02d"::formatted).toList();
    Map<String, Double> weights = new HashMap<>();
    for (int i = 0; i < shares.length; i++) {
      weights.put(names.get(i), shares[i]);
    }
    String text =
        new PreferenceText(names, PATTERN, Optional.empty(), true)
            .apply("", PromptPreference.of(weights));
    List<String> words = List.of(text.strip().split(" "));
    return names.stream().mapToInt(name -> Collections.frequency(words, name)).toArray();
  }
}
