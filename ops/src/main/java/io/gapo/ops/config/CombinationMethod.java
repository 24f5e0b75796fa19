package io.gapo.ops.config;

import io.gapo.core.combine.AlignedPrincipalComponents;
import io.gapo.core.combine.ConflictAverse;
import io.gapo.core.combine.EqualProjections;
import io.gapo.core.combine.GradientAdaptive;
import io.gapo.core.combine.GradientCombiner;
import io.gapo.core.combine.LinearScalarization;
import io.gapo.core.combine.NashBargaining;
import io.gapo.core.combine.Preference;
import io.gapo.core.combine.PreferenceWeighted;
import io.gapo.core.combine.ProjectingConflicts;
import io.gapo.core.combine.SingleObjective;
import io.gapo.core.combine.UnconflictingProjections;
import io.gapo.core.combine.WorstRewardFirst;
import java.util.List;

/** How the objectives' gradients become one: every method there is, under the name users know. */
public enum CombinationMethod {
  GAPO("gapo"),
  MGDA("mgda"),
  P_GAPO("p-gapo", Need.PREFERENCE),
  CONDITIONED_P_GAPO("conditioned-p-gapo", Need.PROMPT_PREFERENCES),
  CONDITIONED_MORLHF("conditioned-morlhf", Need.PROMPT_PREFERENCES),
  PPO("ppo-OBJECTIVE", Need.OBJECTIVE),
  MORLHF("morlhf", Need.PREFERENCE),
  SAFE_RLHF("safe-rlhf", Need.CONSTRAINTS),
  FAST_RL("fast-rl"),
  PCGRAD("pcgrad"),
  CAGRAD("cagrad"),
  NASH_MTL("nash-mtl"),
  IMTL_G("imtl-g"),
  ALIGNED_MTL("aligned-mtl"),
  UPGRAD("upgrad");

  /** What a method has to be told beside numbers with defaults. */
  enum Need {
    NOTHING,
    PREFERENCE,

    /** The prompts say it; a preference in the settings is for those that do not. */
    PROMPT_PREFERENCES,
    OBJECTIVE,
    CONSTRAINTS
  }

  private final String spelling;
  private final Need need;

  CombinationMethod(String spelling) {
    this(spelling, Need.NOTHING);
  }

  CombinationMethod(String spelling, Need need) {
    this.spelling = spelling;
    this.need = need;
  }

  /** As it stands in the settings; for {@link #PPO}, OBJECTIVE stands for an objective's name. */
  public String spelling() {
    return spelling;
  }

  Need need() {
    return need;
  }

  /** The combiner for these objectives, which the settings fit. */
  GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
    return switch (this) {
      case GAPO -> new GradientAdaptive(settings.p(), settings.normFloor());
      case MGDA -> GradientAdaptive.mgda();
      case P_GAPO ->
          new PreferenceWeighted(settings.preferenceFor(objectives), settings.normFloor());
      // The rollouts' own shares are in their advantages, see PreferredAdvantage.
      case CONDITIONED_P_GAPO ->
          new PreferenceWeighted(Preference.even(objectives.size()), settings.normFloor());
      case CONDITIONED_MORLHF -> new LinearScalarization(Preference.even(objectives.size()));
      case PPO -> new SingleObjective(objectives.indexOf(settings.objective()));
      case MORLHF -> new LinearScalarization(settings.preferenceFor(objectives));
      case SAFE_RLHF -> settings.lagrangian().combiner(objectives);
      case FAST_RL -> new WorstRewardFirst(settings.fastRlRate());
      case PCGRAD -> new ProjectingConflicts();
      case CAGRAD -> new ConflictAverse(settings.conflictAversion());
      case NASH_MTL -> new NashBargaining();
      case IMTL_G -> new EqualProjections();
      case ALIGNED_MTL -> new AlignedPrincipalComponents();
      case UPGRAD -> new UnconflictingProjections();
    };
  }
}
