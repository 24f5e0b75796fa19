package io.gapo.ops.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import io.gapo.core.combine.ClippedGradients;
import io.gapo.core.combine.GradientCombiner;
import io.gapo.core.combine.LagrangianConstraints;
import io.gapo.core.combine.Preference;
import io.gapo.core.combine.SmoothTchebycheff;
import io.gapo.core.combine.ViolationConstraints;
import io.gapo.core.combine.WithoutShortGradients;
import io.gapo.core.ppo.AdvantageCombination;
import io.gapo.core.ppo.ConstraintIndicators;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.core.settings.Bounds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
    double largestShare,
    double clippedConflictAversion,
    Tchebycheff tchebycheff,
    double agreement,
    Violations violations,
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

  /**
   * Settings under {@code gapo.combination.smooth-tchebycheff}.
   *
   * @param ideal score of each objective, by name
   */
  public record Tchebycheff(double mu, Map<String, Double> ideal) {

    public Tchebycheff {
      ideal = Map.copyOf(ideal);
      Bounds.positive("smooth-tchebycheff.mu", mu);
      ideal.forEach(
          (name, score) ->
              Bounds.finite("smooth-tchebycheff.ideal." + ConfigUtil.joinPath(name), score));
    }

    SmoothTchebycheff combiner(Preference preference) {
      return new SmoothTchebycheff(preference, new TreeMap<>(ideal), mu);
    }
  }

  /** Settings under {@code gapo.combination.constrained-grpo}. */
  public record Violations(List<String> constraints, double rate, double largest, double allowed) {

    public Violations {
      constraints = List.copyOf(constraints);
      Bounds.positive("constrained-grpo.rate", rate);
      Bounds.atLeast("constrained-grpo.largest-multiplier", largest, 1.0);
      Bounds.fractionBelowOne("constrained-grpo.violations", allowed);
    }

    ViolationConstraints combiner() {
      return new ViolationConstraints(constraints, rate, largest, allowed);
    }

    ConstraintIndicators indicators(List<String> objectives) {
      return new ConstraintIndicators(
          constraints.stream().map(objectives::indexOf).collect(Collectors.toSet()));
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
    Bounds.positive("capped-mgda.cap", largestShare);
    Bounds.fraction("capped-mgda.cap", largestShare);
    Bounds.fractionBelowOne("raco.c", clippedConflictAversion);
    Bounds.fraction("gd2po.agreement", agreement);
    Bounds.positive("norm-floor", normFloor);
    preference.forEach(
        (name, share) -> Bounds.notNegative("preference." + ConfigUtil.joinPath(name), share));
  }

  static CombinationConfig from(Config root) {
    Block block = Block.of(root, "gapo.combination");
    CombinationConfig combination = block.make(() -> from(block));
    combination.method.requiredSettings().keySet().forEach(key -> combination.require(root, key));
    return combination;
  }

  /** Refuses a setting that the method does not work with, naming all that it needs. */
  private void require(Config root, String key) {
    SortedMap<String, String> required = method.requiredSettings();
    String found = root.getString(key);
    if (!found.equals(required.get(key))) {
      throw new ConfigurationException(
          key,
          "was '%s', but gapo.combination.method %s makes one advantage of all objectives' scores and needs %s"
              .formatted(
                  found,
                  method.spelling(),
                  required.entrySet().stream()
                      .map(entry -> entry.getKey() + " = " + entry.getValue())
                      .collect(Collectors.joining(", "))));
    }
  }

  private static CombinationConfig from(Block combination) {
    Block safeRlhf = combination.block("safe-rlhf");
    Block tchebycheff = combination.block("smooth-tchebycheff");
    String spelling = combination.text("method");
    CombinationMethod method = method(spelling);
    return new CombinationConfig(
        method,
        method.objectiveIn(spelling),
        combination.number("p"),
        byName(combination.block("preference")),
        new Lagrangian(
            safeRlhf.texts("constraints"),
            safeRlhf.number("rate"),
            safeRlhf.number("largest-multiplier"),
            safeRlhf.number("threshold"),
            safeRlhf.wholeNumber("window")),
        combination.block("fast-rl").number("rate"),
        combination.block("cagrad").number("c"),
        combination.block("capped-mgda").number("cap"),
        combination.block("raco").number("c"),
        new Tchebycheff(tchebycheff.number("mu"), byName(tchebycheff.block("ideal"))),
        combination.block("gd2po").number("agreement"),
        violations(combination.block("constrained-grpo")),
        combination.number("norm-floor"),
        combination.oneOf("gradient-clip", GradientClip.class));
  }

  private static Violations violations(Block constrained) {
    return new Violations(
        constrained.texts("constraints"),
        constrained.number("rate"),
        constrained.number("largest-multiplier"),
        constrained.number("violations"));
  }

  private static Map<String, Double> byName(Block numbers) {
    Map<String, Double> byName = new HashMap<>();
    for (String name : numbers.names()) {
      byName.put(name, numbers.number(ConfigUtil.joinPath(name)));
    }
    return byName;
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

  /** How the objectives' scores become one advantage, if the method combines them so. */
  Optional<AdvantageCombination> advantages(List<String> objectives) {
    return method.advantages(this, objectives);
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
    method.requireFor(this, objectives);
    switch (method.need()) {
      case NOTHING -> {}
      case OBJECTIVE ->
          requireKnown(ROOT + "method", method.spelling() + " must", objective, objectives);
      case CONSTRAINTS -> {
        String key = ROOT + method.spelling() + ".constraints";
        List<String> constraints = method.constraints(this);
        if (constraints.isEmpty()) {
          throw new ConfigurationException(key, "must name objectives of " + objectives);
        }
        constraints.forEach(name -> requireKnown(key, "must", name, objectives));
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

  static void requireKnown(String key, String must, String name, List<String> objectives) {
    if (!objectives.contains(name)) {
      throw new ConfigurationException(
          key, "%s name one of the objectives %s, was '%s'".formatted(must, objectives, name));
    }
  }
}
