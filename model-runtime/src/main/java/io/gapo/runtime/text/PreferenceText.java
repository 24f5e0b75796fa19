package io.gapo.runtime.text;

import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.PromptPreference;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How the policy, and no score model, reads the preference that a prompt carries: as text around
 * the prompt's own, so that any policy can be conditioned on it. A share is said by repetition: how
 * much of what stands there is "helpful" is what attention measures anyway, while a small policy
 * takes "8 2" and "2 8" for the same (ADR 0012).
 *
 * @param objectives of the run, in its order; empty if nobody minds what a preference names
 * @param pattern has one {@code {prompt}} and one {@code {preference}}, which stands for each
 *     objective's name, as often as its share has tenths: "helpful helpful harmless ..."; empty if
 *     the policy does not read preferences
 * @param fallback of prompts that carry none
 * @param required whether a prompt without any preference is refused
 */
public record PreferenceText(
    List<String> objectives,
    String pattern,
    Optional<PromptPreference> fallback,
    boolean required) {

  /** Stands for the shares. */
  public static final String PLACEHOLDER = "{preference}";

  private static final int TENTHS = 10;

  /** Of policies that read no preference. */
  public static final PreferenceText NONE =
      new PreferenceText(List.of(), "", Optional.empty(), false);

  public PreferenceText {
    objectives = List.copyOf(objectives);
    if (!pattern.isEmpty() && !(hasOnce(pattern, PLACEHOLDER) && hasPrompt(pattern))) {
      throw new IllegalArgumentException(
          "a preference template must contain %s and %s once each, was '%s'"
              .formatted(PLACEHOLDER, PromptTemplate.PLACEHOLDER, pattern));
    }
  }

  private static boolean hasPrompt(String pattern) {
    return hasOnce(pattern, PromptTemplate.PLACEHOLDER);
  }

  private static boolean hasOnce(String pattern, String placeholder) {
    int first = pattern.indexOf(placeholder);
    return first >= 0 && first == pattern.lastIndexOf(placeholder);
  }

  /** The same, with prompts that carry no preference read as they are. */
  public PreferenceText optional() {
    return new PreferenceText(objectives, pattern, Optional.empty(), false);
  }

  /** Why the prompt's preference, or its absence, cannot be served, if it cannot. */
  public Optional<String> rejection(Prompt prompt) {
    if (prompt.preference().isEmpty()) {
      return required && fallback.isEmpty()
          ? Optional.of(
              "the prompt has no 'preference', and this run has no default for it: shares of "
                  + objectives)
          : Optional.empty();
    }
    return objectives.isEmpty()
        ? Optional.empty()
        : prompt
            .preference()
            .get()
            .unknown(objectives)
            .map(
                name ->
                    "'preference' names '%s', the objectives are %s".formatted(name, objectives));
  }

  /** The prompt with the preference that it is answered with. */
  public Prompt complete(Prompt prompt) {
    return prompt.preference().isEmpty() && fallback.isPresent()
        ? prompt.preferring(fallback.get())
        : prompt;
  }

  /** What stands in the place of the prompt's text. */
  public String apply(Prompt prompt) {
    return prompt
        .preference()
        .map(preference -> apply(prompt.text(), preference))
        .orElse(prompt.text());
  }

  /** What stands in the place of a prompt's text that is asked with a preference. */
  public String apply(String prompt, PromptPreference preference) {
    return before(preference) + prompt + after(preference);
  }

  /** The templated prompt, with its preference, if it has one, among the template's own parts. */
  public TemplatedText around(PromptTemplate template, Prompt prompt) {
    TemplatedText plain = template.around(prompt.text(), "");
    return prompt
        .preference()
        .map(
            preference ->
                new TemplatedText(
                    plain.before() + before(preference),
                    plain.prompt(),
                    after(preference) + plain.after(),
                    ""))
        .orElse(plain);
  }

  private String before(PromptPreference preference) {
    return pattern.isEmpty() ? "" : rendered(pattern.substring(0, promptAt()), preference);
  }

  private String after(PromptPreference preference) {
    return pattern.isEmpty()
        ? ""
        : rendered(pattern.substring(promptAt() + PromptTemplate.PLACEHOLDER.length()), preference);
  }

  private int promptAt() {
    return pattern.indexOf(PromptTemplate.PLACEHOLDER);
  }

  private String rendered(String part, PromptPreference preference) {
    return part.replace(PLACEHOLDER, words(preference));
  }

  private String words(PromptPreference preference) {
    double[] shares = preference.sharesOf(objectives);
    return IntStream.range(0, shares.length)
        .boxed()
        .flatMap(i -> Collections.nCopies(tenths(shares[i]), objectives.get(i)).stream())
        .collect(Collectors.joining(" "));
  }

  private static int tenths(double share) {
    return Math.toIntExact(Math.round(TENTHS * share));
  }
}
