package io.gapo.ops.config;

import io.gapo.core.combine.AlignedPrincipalComponents;
import io.gapo.core.combine.CappedMinNorm;
import io.gapo.core.combine.ClippedConflictAverse;
import io.gapo.core.combine.ConflictAverse;
import io.gapo.core.combine.EqualProjections;
import io.gapo.core.combine.GradientAdaptive;
import io.gapo.core.combine.GradientCombiner;
import io.gapo.core.combine.LagrangianConstraints;
import io.gapo.core.combine.LinearScalarization;
import io.gapo.core.combine.NashBargaining;
import io.gapo.core.combine.Preference;
import io.gapo.core.combine.PreferenceWeighted;
import io.gapo.core.combine.ProjectingConflicts;
import io.gapo.core.combine.SingleObjective;
import io.gapo.core.combine.UnconflictingProjections;
import io.gapo.core.combine.UnweightedSum;
import io.gapo.core.combine.ViolationConstraints;
import io.gapo.core.combine.WorstRewardFirst;
import io.gapo.core.ppo.AdvantageCombination;
import io.gapo.core.ppo.ConflictFiltering;
import io.gapo.core.ppo.DecoupledNormalisation;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The methods that combine the objectives, by their gradients or by their advantages.
 *
 * <p>The only list of them. The settings, the command line's help, {@code gapo compare} and the
 * tests that hold docs/methods.md and reference.conf against it read what a method is called and
 * what it needs here.
 */
public enum CombinationMethod {
  GAPO("gapo", "GAPO", Need.NOTHING, (settings, all) -> new GradientAdaptive(settings.p())),

  MGDA("mgda", "MGDA", Need.NOTHING, (settings, all) -> GradientAdaptive.mgda()),

  P_GAPO(
      "p-gapo",
      "P-GAPO",
      Need.PREFERENCE,
      (settings, all) -> new PreferenceWeighted(settings.preferenceFor(all))),

  /** The rollouts' own shares are in their advantages, see {@code PreferredAdvantage}. */
  CONDITIONED_P_GAPO(
      "conditioned-p-gapo",
      "Conditioned P-GAPO",
      Need.PROMPT_PREFERENCES,
      (settings, all) -> new PreferenceWeighted(Preference.even(all))),

  CONDITIONED_MORLHF(
      "conditioned-morlhf",
      "Conditioned MORLHF",
      Need.PROMPT_PREFERENCES,
      (settings, all) -> new LinearScalarization(Preference.even(all))),

  PPO(
      "ppo-NAME",
      "PPO NAME",
      Need.OBJECTIVE,
      (settings, all) -> new SingleObjective(settings.objective())),

  MORLHF("morlhf", "MORLHF", Need.PREFERENCE, CombinationMethod::linear),

  SAFE_RLHF(
      LagrangianConstraints.METHOD,
      "Safe RLHF",
      Need.CONSTRAINTS,
      (settings, all) -> settings.lagrangian().combiner()) {
    @Override
    List<String> constraints(CombinationConfig settings) {
      return settings.lagrangian().constraints();
    }
  },

  FAST_RL(
      WorstRewardFirst.METHOD,
      "Fast RL",
      Need.NOTHING,
      (settings, all) -> new WorstRewardFirst(settings.fastRlRate())),

  PCGRAD("pcgrad", "PCGrad", Need.NOTHING, (settings, all) -> new ProjectingConflicts()),

  CAGRAD(
      "cagrad",
      "CAGrad",
      Need.NOTHING,
      (settings, all) -> new ConflictAverse(settings.conflictAversion())),

  NASH_MTL("nash-mtl", "Nash-MTL", Need.NOTHING, (settings, all) -> new NashBargaining()),

  IMTL_G("imtl-g", "IMTL-G", Need.NOTHING, (settings, all) -> new EqualProjections()),

  ALIGNED_MTL(
      "aligned-mtl",
      "AlignedMTL",
      Need.NOTHING,
      (settings, all) -> new AlignedPrincipalComponents()),

  UPGRAD("upgrad", "UPGrad", Need.NOTHING, (settings, all) -> new UnconflictingProjections()),

  CAPPED_MGDA(
      "capped-mgda",
      "Capped MGDA",
      Need.NOTHING,
      (settings, all) -> new CappedMinNorm(settings.largestShare())) {
    @Override
    void requireFor(CombinationConfig settings, List<String> objectives) {
      if (settings.largestShare() * objectives.size() < 1) {
        throw new ConfigurationException(
            "gapo.combination.capped-mgda.cap",
            "must be at least 1 divided by the number of objectives, or their shares cannot sum to 1; was %s for %s"
                .formatted(settings.largestShare(), objectives));
      }
    }
  },

  RACO(
      "raco",
      "RACO",
      Need.PREFERENCE,
      (settings, all) ->
          new ClippedConflictAverse(
              settings.preferenceFor(all), settings.clippedConflictAversion())),

  SMOOTH_TCHEBYCHEFF(
      "smooth-tchebycheff",
      "Smooth Tchebycheff",
      Need.PREFERENCE,
      (settings, all) -> settings.tchebycheff().combiner(settings.preferenceFor(all))) {
    @Override
    void requireFor(CombinationConfig settings, List<String> objectives) {
      for (String name : settings.tchebycheff().ideal().keySet()) {
        CombinationConfig.requireKnown(
            "gapo.combination.smooth-tchebycheff.ideal", "must", name, objectives);
      }
    }
  },

  GDPO(
      "gdpo",
      "GDPO",
      Need.PREFERENCE,
      CombinationMethod::linear,
      (settings, all) -> new DecoupledNormalisation(true)),

  MO_GRPO(
      "mo-grpo",
      "MO-GRPO",
      Need.NOTHING,
      (settings, all) -> new UnweightedSum(),
      (settings, all) -> new DecoupledNormalisation(false)),

  GD2PO(
      "gd2po",
      "GD²PO",
      Need.PREFERENCE,
      CombinationMethod::linear,
      (settings, all) -> new ConflictFiltering(settings.agreement())),

  CONSTRAINED_GRPO(
      ViolationConstraints.METHOD,
      "Constrained GRPO",
      Need.CONSTRAINTS,
      (settings, all) -> settings.violations().combiner(),
      (settings, all) -> settings.violations().indicators(all)) {
    @Override
    List<String> constraints(CombinationConfig settings) {
      return settings.violations().constraints();
    }
  };

  /** What a method has to be told beside numbers with defaults. */
  enum Need {
    NOTHING,
    PREFERENCE,

    /** The prompts say it; a preference in the settings is for those that do not. */
    PROMPT_PREFERENCES,

    /** Its spelling ends with {@link #NAME}, in whose place the objective's name stands. */
    OBJECTIVE,
    CONSTRAINTS
  }

  /** Makes a part of a method from the settings, for objectives that they fit. */
  private interface Part<T> extends BiFunction<CombinationConfig, List<String>, T> {}

  /**
   * What has to be set for methods that combine advantages. They normalise within prompts by
   * themselves, and a penalty among the scores would be scaled with them.
   */
  private static final SortedMap<String, String> FOR_ADVANTAGES =
      Collections.unmodifiableSortedMap(
          new TreeMap<>(
              Map.of(
                  "gapo.training.advantage", "group-relative",
                  "gapo.training.kl-placement", "outside",
                  "gapo.training.whiten-advantages", "false",
                  "gapo.combination.gradient-clip", "after")));

  /** Stands for an objective's name in a spelling and in a label. */
  private static final String NAME = "NAME";

  private final String spelling;
  private final String label;
  private final Need need;

  @SuppressWarnings("ImmutableEnumChecker") // The parts keep nothing.
  private final Part<GradientCombiner> combiner;

  @SuppressWarnings("ImmutableEnumChecker")
  private final @Nullable Part<AdvantageCombination> advantages;

  /**
   * Registers a method that combines gradients: the update follows their weighted surrogates.
   *
   * @param spelling as it stands in the settings
   * @param label for readers
   */
  CombinationMethod(String spelling, String label, Need need, Part<GradientCombiner> combiner) {
    this(spelling, label, need, combiner, null);
  }

  /**
   * Registers a method that combines scores to one advantage, whose surrogate the update follows.
   */
  CombinationMethod(
      String spelling,
      String label,
      Need need,
      Part<GradientCombiner> combiner,
      @Nullable Part<AdvantageCombination> advantages) {
    this.spelling = spelling;
    this.label = label;
    this.need = need;
    this.combiner = combiner;
    this.advantages = advantages;
  }

  /** The method that is spelled so, with an objective's name where it takes one. */
  public static Optional<CombinationMethod> of(String spelling) {
    return all().filter(method -> method.isSpelled(spelling)).findFirst();
  }

  /** Every method, in the order in which they are listed. */
  public static Stream<CombinationMethod> all() {
    return Arrays.stream(values());
  }

  private boolean isSpelled(String text) {
    return need == Need.OBJECTIVE ? text.startsWith(prefix()) : text.equals(spelling);
  }

  private String prefix() {
    return spelling.substring(0, spelling.length() - NAME.length());
  }

  /** The spelling in the settings; NAME stands for an objective's name. */
  public String spelling() {
    return spelling;
  }

  /** The spelling in the settings, with this objective's name if the method takes one. */
  public String spelling(String objective) {
    return spelling.replace(NAME, objective);
  }

  /** For readers. */
  public String label() {
    return label;
  }

  /** For readers, of this objective if it takes one. */
  public String label(String objective) {
    return label.replace(NAME, objective);
  }

  /** The objective that a spelling of this method names; empty if it takes none. */
  public String objectiveIn(String text) {
    return need == Need.OBJECTIVE ? text.substring(prefix().length()) : "";
  }

  /** Whether the settings have to say how much is wanted of each objective. */
  public boolean needsPreference() {
    return need == Need.PREFERENCE;
  }

  /** Whether every prompt says how much it asks of each objective. */
  public boolean isConditioned() {
    return need == Need.PROMPT_PREFERENCES;
  }

  /** What else has to be set for this method: values by full key. */
  public SortedMap<String, String> requiredSettings() {
    return advantages == null ? Collections.emptySortedMap() : FOR_ADVANTAGES;
  }

  Need need() {
    return need;
  }

  /** The objectives that are constraints by the settings; empty for methods without any. */
  List<String> constraints(CombinationConfig settings) {
    return List.of();
  }

  /** Refuses what of this method's own settings does not fit the run's objectives. */
  void requireFor(CombinationConfig settings, List<String> objectives) {}

  /** How the objectives' scores become one advantage; empty for methods that combine gradients. */
  Optional<AdvantageCombination> advantages(CombinationConfig settings, List<String> objectives) {
    return Optional.ofNullable(advantages).map(part -> part.apply(settings, objectives));
  }

  /** The combiner for these objectives, which the settings fit. */
  GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
    return combiner.apply(settings, objectives);
  }

  private static GradientCombiner linear(CombinationConfig settings, List<String> objectives) {
    return new LinearScalarization(settings.preferenceFor(objectives));
  }
}
