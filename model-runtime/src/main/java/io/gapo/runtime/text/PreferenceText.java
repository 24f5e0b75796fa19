package io.gapo.runtime.text;

import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.PromptPreference;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How the policy, and no score model, reads the preference that a prompt carries: as text around
 * the prompt's own, so that any policy can be conditioned on it. A share is said by repetition: how
 * much of what stands there is "helpful" is what attention measures anyway, while a small policy
 * takes "8 2" and "2 8" for the same (ADR 0012).
 *
 * <p>There are always ten names, so that every preference makes a text of the length the policy has
 * learned; shares between tenths are rounded by largest remainders, of equal ones the earlier
 * objective's up. A run of more than ten objectives has as many names as objectives instead: equal
 * shares name each once, and a share far below that may not be named.
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

  private static final int NAMES = 10;

  /**
   * What is left of a name is compared in such parts: two that should be equal may differ by 1e-15.
   */
  private static final double REMAINDER_PARTS = 1e6;

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

  /**
   * The prompt as a policy reads it, with its preference, if it has one.
   *
   * @throws UnreadableConversationException if the policy cannot read such a conversation
   */
  public TemplatedText around(PromptFormat format, Prompt prompt) {
    if (format instanceof PromptTemplate template) {
      TemplatedText plain = template.prompt(prompt.history(), prompt.text());
      return prompt.preference().map(preference -> around(plain, preference)).orElse(plain);
    }
    return format.prompt(prompt.history(), apply(prompt));
  }

  /**
   * The template with an empty prompt and equal shares of every objective; empty if the policy
   * reads no preferences.
   */
  public Optional<TemplatedText> example(PromptTemplate template) {
    if (pattern.isEmpty() || objectives.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Double> equal = new TreeMap<>();
    objectives.forEach(objective -> equal.put(objective, 1.0));
    return Optional.of(around(template.around("", ""), PromptPreference.of(equal)));
  }

  private TemplatedText around(TemplatedText plain, PromptPreference preference) {
    return plain.wrapping(before(preference), after(preference));
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
    int[] counts = counts(preference.sharesOf(objectives));
    return IntStream.range(0, counts.length)
        .boxed()
        .flatMap(i -> Collections.nCopies(counts[i], objectives.get(i)).stream())
        .collect(Collectors.joining(" "));
  }

  /** How often each objective is named, shape (M): Hamilton's method of largest remainders. */
  private static int[] counts(double[] shares) {
    int names = Math.max(NAMES, shares.length);
    int[] counts = new int[shares.length];
    long[] remainders = new long[shares.length];
    for (int i = 0; i < shares.length; i++) {
      double exact = names * shares[i];
      counts[i] = (int) exact;
      remainders[i] = Math.round((exact - counts[i]) * REMAINDER_PARTS);
    }
    // The sort keeps the objectives' order among equal remainders.
    IntStream.range(0, shares.length)
        .boxed()
        .sorted(Comparator.comparingLong(i -> -remainders[i]))
        .limit(names - Arrays.stream(counts).sum())
        .forEach(i -> counts[i]++);
    return counts;
  }
}
