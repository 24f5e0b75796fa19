package io.gapo.ops.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import io.gapo.core.combine.ClippedGradients;
import io.gapo.core.combine.GradientCombiner;
import io.gapo.core.combine.LagrangianConstraints;
import io.gapo.core.combine.Preference;
import io.gapo.core.combine.WithoutShortGradients;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.core.settings.Bounds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Settings under {@code gapo.combination}; units and defaults are in reference.conf.
 *
 * @param objective that the method names; empty if it names none
 * @param preference share of each objective, by name; empty where the method needs none
 */
public record CombinationConfig(
    CombinationMethod method,
    String objective,
    double p,
    Map<String, Double> preference,
    Lagrangian lagrangian,
    double fastRlRate,
    double conflictAversion,
    double normFloor,
    GradientClip gradientClip) {

  private static final String ROOT = "gapo.combination.";

  /** Settings under {@code gapo.combination.safe-rlhf}. */
  public record Lagrangian(
      List<String> constraints, double rate, double largest, double threshold, int window) {

    public Lagrangian {
      constraints = List.copyOf(constraints);
      Bounds.positive("safe-rlhf.rate", rate);
      Bounds.atLeast("safe-rlhf.largest-multiplier", largest, 1.0);
      Bounds.finite("safe-rlhf.threshold", threshold);
      Bounds.atLeast("safe-rlhf.window", window, 1);
    }

    LagrangianConstraints combiner() {
      return new LagrangianConstraints(constraints, rate, largest, threshold, window);
    }
  }

  /** When gradients that are too long are shortened. */
  public enum GradientClip {
    AFTER,
    BEFORE
  }

  public CombinationConfig {
    preference = Map.copyOf(preference);
    Bounds.notNegative("p", p);
    Bounds.positive("fast-rl.rate", fastRlRate);
    Bounds.fractionBelowOne("cagrad.c", conflictAversion);
    Bounds.positive("norm-floor", normFloor);
    preference.forEach(
        (name, share) -> Bounds.notNegative("preference." + ConfigUtil.joinPath(name), share));
  }

  static CombinationConfig from(Config root) {
    Block block = Block.of(root, "gapo.combination");
    return block.make(() -> from(root.getConfig("gapo.combination"), block));
  }

  private static CombinationConfig from(Config settings, Block block) {
    Config safeRlhf = settings.getConfig("safe-rlhf");
    Map<String, Double> preference = new HashMap<>();
    Config shares = settings.getConfig("preference");
    for (String name : shares.root().keySet()) {
      preference.put(name, shares.getDouble(ConfigUtil.quoteString(name)));
    }
    String spelling = settings.getString("method");
    CombinationMethod method = method(spelling);
    return new CombinationConfig(
        method,
        method.objectiveIn(spelling),
        settings.getDouble("p"),
        preference,
        new Lagrangian(
            safeRlhf.getStringList("constraints"),
            safeRlhf.getDouble("rate"),
            safeRlhf.getDouble("largest-multiplier"),
            safeRlhf.getDouble("threshold"),
            block.wholeNumber("safe-rlhf.window")),
        settings.getDouble("fast-rl.rate"),
        settings.getDouble("cagrad.c"),
        settings.getDouble("norm-floor"),
        block.oneOf("gradient-clip", GradientClip.class));
  }

  private static CombinationMethod method(String spelling) {
    return CombinationMethod.of(spelling)
        .orElseThrow(
            () ->
                new ConfigurationException(
                    ROOT + "method",
                    "must be one of %s, was '%s'"
                        .formatted(
                            CombinationMethod.all()
                                .map(CombinationMethod::spelling)
                                .collect(Collectors.joining(", ")),
                            spelling)));
  }

  /**
   * The combiner of a run.
   *
   * @param objectives in the run's order
   * @param maxGradientNorm that gradients are clipped to, before or after
   */
  public GradientCombiner combiner(List<String> objectives, double maxGradientNorm) {
    GradientCombiner combiner = method.combiner(this, objectives);
    return new WithoutShortGradients(
        gradientClip == GradientClip.BEFORE
            ? new ClippedGradients(combiner, maxGradientNorm)
            : combiner,
        normFloor);
  }

  /** Whether every prompt says how much of each objective it asks for. */
  public boolean isConditioned() {
    return method.isConditioned();
  }

  /** The preference as a prompt would carry it; empty if none is set. */
  public Optional<PromptPreference> promptPreference() {
    return preference.isEmpty() ? Optional.empty() : Optional.of(PromptPreference.of(preference));
  }

  Preference preferenceFor(List<String> objectives) {
    Map<String, Double> shares = new HashMap<>();
    objectives.forEach(name -> shares.put(name, preference.getOrDefault(name, 0.0)));
    return Preference.of(shares);
  }

  /** Refuses a method that does not fit the run's objectives. */
  void requireFor(List<String> objectives) {
    // Whatever the method: the next one may take it.
    preference
        .keySet()
        .forEach(name -> requireKnown(ROOT + "preference", "must", name, objectives));
    switch (method.need()) {
      case NOTHING -> {}
      case OBJECTIVE ->
          requireKnown(ROOT + "method", method.spelling() + " must", objective, objectives);
      case CONSTRAINTS -> {
        if (lagrangian.constraints().isEmpty()) {
          throw new ConfigurationException(
              ROOT + "safe-rlhf.constraints", "must name objectives of " + objectives);
        }
        lagrangian
            .constraints()
            .forEach(
                name -> requireKnown(ROOT + "safe-rlhf.constraints", "must", name, objectives));
      }
      case PREFERENCE -> requirePreference(objectives);
      case PROMPT_PREFERENCES -> {
        if (!preference.isEmpty()) {
          requirePreference(objectives);
        }
      }
    }
  }

  private void requirePreference(List<String> objectives) {
    if (!preference.keySet().containsAll(objectives)) {
      throw new ConfigurationException(
          ROOT + "preference",
          "must have a share for each of %s, was %s".formatted(objectives, preference.keySet()));
    }
    if (preference.values().stream().mapToDouble(Double::doubleValue).sum() <= 0) {
      throw new ConfigurationException(
          ROOT + "preference", "must have a share above 0, was " + preference);
    }
  }

  private static void requireKnown(String key, String must, String name, List<String> objectives) {
    if (!objectives.contains(name)) {
      throw new ConfigurationException(
          key, "%s name one of the objectives %s, was '%s'".formatted(must, objectives, name));
    }
  }
}
