package io.gapo.lab.compare;

import com.typesafe.config.ConfigUtil;
import io.gapo.ops.config.CombinationMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A method as it enters a comparison.
 *
 * @param method as {@code --method} names it
 * @param label for readers
 * @param p of GAPO; of no meaning to the other methods
 * @param preference λ by objective; empty if the method takes none
 */
public record Contestant(String method, String label, double p, Map<String, Double> preference) {

  private static final String P_SUFFIX = ":p=";
  private static final String GAPO = CombinationMethod.GAPO.spelling();

  public Contestant {
    preference = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(preference));
  }

  /**
   * Reads what a user writes.
   *
   * @param text a method, or {@code gapo:p=2}; a method that takes a preference gets an even one
   * @param objectives of the run
   * @throws IllegalArgumentException if there is no such method
   */
  public static Contestant parse(String text, List<String> objectives) {
    if (text.startsWith(GAPO + P_SUFFIX)) {
      return gapo(number(text.substring(GAPO.length() + P_SUFFIX.length())));
    }
    CombinationMethod method =
        CombinationMethod.of(text)
            .filter(known -> !known.isConditioned())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "there is no method '%s': choose from %s%s2, %s"
                            .formatted(text, GAPO, P_SUFFIX, String.join(", ", spellings()))));
    if (method == CombinationMethod.GAPO) {
      return gapo(1);
    }
    return method.needsPreference()
        ? preferring(text, even(objectives))
        : new Contestant(text, labelOf(text), 1, Map.of());
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("p must be a number, was '%s'".formatted(text), e);
    }
  }

  /** The methods that train a policy for one preference, or for none. */
  public static List<String> spellings() {
    return CombinationMethod.all()
        .filter(method -> !method.isConditioned())
        .map(CombinationMethod::spelling)
        .toList();
  }

  /** GAPO with this p. */
  static Contestant gapo(double p) {
    String written = p == Math.rint(p) ? Long.toString((long) p) : Double.toString(p);
    return new Contestant(
        GAPO, "%s p = %s".formatted(CombinationMethod.GAPO.label(), written), p, Map.of());
  }

  /** PPO on one objective alone. */
  static Contestant single(String objective) {
    CombinationMethod ppo = CombinationMethod.PPO;
    return new Contestant(ppo.spelling(objective), ppo.label(objective), 1, Map.of());
  }

  /** The policy that is asked for its preference with every prompt, of a conditioned method. */
  static Contestant conditioned(String method) {
    return preferring(method, Map.of());
  }

  /** A method that takes a preference, with one. */
  public static Contestant preferring(String method, Map<String, Double> preference) {
    return new Contestant(method, labelOf(method), 1, preference);
  }

  /** What is not trained by a method of its own, such as a soup, is called as it is spelled. */
  private static String labelOf(String text) {
    return CombinationMethod.of(text)
        .map(method -> method.label(method.objectiveIn(text)))
        .orElse(text);
  }

  private static Map<String, Double> even(List<String> objectives) {
    Map<String, Double> even = new LinkedHashMap<>();
    objectives.forEach(name -> even.put(name, 1.0 / objectives.size()));
    return even;
  }

  /** What tells the pipeline to use it, by full key. */
  Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("gapo.combination.method", method);
    settings.put("gapo.combination.p", p);
    preference.forEach(
        (name, share) ->
            settings.put("gapo.combination.preference." + ConfigUtil.quoteString(name), share));
    CombinationMethod.of(method).ifPresent(known -> settings.putAll(known.requiredSettings()));
    return settings;
  }

  /** A name that is fit for files, and different for every contestant. */
  String fileName(long seed) {
    StringBuilder name = new StringBuilder(method);
    if (method.equals(GAPO)) {
      name.append("-p").append(p);
    }
    preference.forEach(
        (objective, share) -> name.append(String.format(Locale.ROOT, "-%s%.3f", objective, share)));
    return name.append("-seed").append(seed).toString();
  }
}
