package io.gapo.lab.compare;

import com.typesafe.config.ConfigUtil;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A method as it enters a comparison.
 *
 * @param method as {@code --method} names it
 * @param label for readers
 * @param p of GAPO; of no meaning to the other methods
 * @param preference λ by objective; empty if the method takes none
 */
public record Contestant(String method, String label, double p, Map<String, Double> preference) {

  static final String PPO_PREFIX = "ppo-";

  private static final String P_SUFFIX = ":p=";
  private static final String GAPO = "gapo";

  /** One policy for all preferences, which travel with the prompts. */
  static final List<String> CONDITIONED = List.of("conditioned-p-gapo", "conditioned-morlhf");

  private static final Map<String, String> LABELS =
      Map.ofEntries(
          Map.entry("mgda", "MGDA"),
          Map.entry("p-gapo", "P-GAPO"),
          Map.entry("morlhf", "MORLHF"),
          Map.entry("conditioned-p-gapo", "Conditioned P-GAPO"),
          Map.entry("conditioned-morlhf", "Conditioned MORLHF"),
          Map.entry("safe-rlhf", "Safe RLHF"),
          Map.entry("fast-rl", "Fast RL"),
          Map.entry("pcgrad", "PCGrad"),
          Map.entry("cagrad", "CAGrad"),
          Map.entry("nash-mtl", "Nash-MTL"),
          Map.entry("imtl-g", "IMTL-G"),
          Map.entry("aligned-mtl", "AlignedMTL"),
          Map.entry("upgrad", "UPGrad"));

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
    if (text.equals(GAPO) || text.startsWith(GAPO + P_SUFFIX)) {
      return gapo(text);
    }
    if (text.startsWith(PPO_PREFIX)) {
      return new Contestant(text, "PPO " + text.substring(PPO_PREFIX.length()), 1, Map.of());
    }
    String label = CONDITIONED.contains(text) ? null : LABELS.get(text);
    if (label == null) {
      throw new IllegalArgumentException(
          "there is no method '%s': choose of gapo, gapo:p=2, ppo-%s, %s"
              .formatted(
                  text,
                  objectives.get(0),
                  LABELS.keySet().stream()
                      .filter(method -> !CONDITIONED.contains(method))
                      .sorted()
                      .collect(Collectors.joining(", "))));
    }
    return takesPreference(text)
        ? preferring(text, even(objectives))
        : new Contestant(text, label, 1, Map.of());
  }

  private static Contestant gapo(String text) {
    double p = 1;
    if (!text.equals(GAPO)) {
      try {
        p = Double.parseDouble(text.substring(GAPO.length() + P_SUFFIX.length()));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("p must be a number, was '%s'".formatted(text), e);
      }
    }
    String written = p == Math.rint(p) ? Long.toString((long) p) : Double.toString(p);
    return new Contestant(GAPO, "GAPO p = " + written, p, Map.of());
  }

  /** The policy that is asked for its preference with every prompt, of a {@link #CONDITIONED}. */
  static Contestant conditioned(String method) {
    return preferring(method, Map.of());
  }

  /** A method that takes a preference, with one. */
  public static Contestant preferring(String method, Map<String, Double> preference) {
    return new Contestant(method, LABELS.getOrDefault(method, method), 1, preference);
  }

  /** Whether the method needs to be told how much of each objective is wanted. */
  private static boolean takesPreference(String method) {
    return method.equals("p-gapo") || method.equals("morlhf");
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
