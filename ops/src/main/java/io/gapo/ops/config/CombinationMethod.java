package io.gapo.ops.config;

import io.gapo.core.combine.AlignedPrincipalComponents;
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
import io.gapo.core.combine.WorstRewardFirst;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The methods that combine the objectives' gradients.
 *
 * <p>The only list of them. The settings, the command line's help, {@code gapo compare} and the
 * tests that hold README.md and reference.conf against it read what a method is called and what it
 * needs here.
 */
public enum CombinationMethod {
  GAPO("gapo", "GAPO", Need.NOTHING) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      return new GradientAdaptive(settings.p());
    }
  },

  MGDA("mgda", "MGDA", Need.NOTHING) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      return GradientAdaptive.mgda();
    }
  },

  P_GAPO("p-gapo", "P-GAPO", Need.PREFERENCE) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      return new PreferenceWeighted(settings.preferenceFor(objectives));
    }
  },

  CONDITIONED_P_GAPO("conditioned-p-gapo", "Conditioned P-GAPO", Need.PROMPT_PREFERENCES) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      // The rollouts' own shares are in their advantages, see PreferredAdvantage.
      return new PreferenceWeighted(Preference.even(objectives));
    }
  },

  CONDITIONED_MORLHF("conditioned-morlhf", "Conditioned MORLHF", Need.PROMPT_PREFERENCES) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      return new LinearScalarization(Preference.even(objectives));
    }
  },

  PPO("ppo-NAME", "PPO NAME", Need.OBJECTIVE) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      return new SingleObjective(settings.objective());
    }
  },

  MORLHF("morlhf", "MORLHF", Need.PREFERENCE) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      return new LinearScalarization(settings.preferenceFor(objectives));
    }
  },

  SAFE_RLHF(LagrangianConstraints.METHOD, "Safe RLHF", Need.CONSTRAINTS) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      return settings.lagrangian().combiner();
    }
  },

  FAST_RL(WorstRewardFirst.METHOD, "Fast RL", Need.NOTHING) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      return new WorstRewardFirst(settings.fastRlRate());
    }
  },

  PCGRAD("pcgrad", "PCGrad", Need.NOTHING) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      return new ProjectingConflicts();
    }
  },

  CAGRAD("cagrad", "CAGrad", Need.NOTHING) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      return new ConflictAverse(settings.conflictAversion());
    }
  },

  NASH_MTL("nash-mtl", "Nash-MTL", Need.NOTHING) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      return new NashBargaining();
    }
  },

  IMTL_G("imtl-g", "IMTL-G", Need.NOTHING) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      return new EqualProjections();
    }
  },

  ALIGNED_MTL("aligned-mtl", "AlignedMTL", Need.NOTHING) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      return new AlignedPrincipalComponents();
    }
  },

  UPGRAD("upgrad", "UPGrad", Need.NOTHING) {
    @Override
    GradientCombiner combiner(CombinationConfig settings, List<String> objectives) {
      return new UnconflictingProjections();
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

  /** Stands for an objective's name in a spelling and in a label. */
  private static final String NAME = "NAME";

  private final String spelling;
  private final String label;
  private final Need need;

  /**
   * Registers a method.
   *
   * @param spelling as it stands in the settings
   * @param label for readers
   */
  CombinationMethod(String spelling, String label, Need need) {
    this.spelling = spelling;
    this.label = label;
    this.need = need;
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

  Need need() {
    return need;
  }

  /** The combiner for these objectives, which the settings fit. */
  abstract GradientCombiner combiner(CombinationConfig settings, List<String> objectives);
}
