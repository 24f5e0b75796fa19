package io.gapo.lab.exam;

import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.lab.world.Split;
import io.gapo.lab.world.World;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.ObjectiveConfig;
import io.gapo.ops.config.PartSettings;
import io.gapo.ops.policy.PolicySource;
import io.gapo.runtime.sampling.SamplerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lets policies answer the same prompts of the world, scored by a run's objectives and graded by
 * the world. Holds the score models in native memory until it is closed.
 */
public final class WorldExam implements AutoCloseable {

  private static final long SEED = 1717;

  private final List<ObjectiveModel> models;
  private final Evaluation evaluation;

  private WorldExam(List<ObjectiveModel> models, Evaluation evaluation) {
    this.models = models;
    this.evaluation = evaluation;
  }

  /**
   * Opens the objectives' models.
   *
   * @param split held-out prompts for what is reported, validation prompts for what is chosen by
   * @param prompts how many every policy answers
   * @param graded whether the world's rules grade the answers, which they can of policies that
   *     speak its language
   * @throws io.gapo.ops.config.ConfigurationException if the policy cannot read texts as long as
   *     the settings allow, or the device cannot be used
   */
  public static WorldExam open(GapoConfig config, Split split, int prompts, boolean graded) {
    PartSettings parts = new PartSettings(config);
    parts.requireRoom();
    config.runtime().requireDevice();
    SamplerSettings sampling = parts.sampler();
    World world = new World();
    List<ObjectiveModel> models = new ArrayList<>();
    boolean opened = false;
    try {
      for (ObjectiveConfig objective : config.objectives()) {
        if (!objective.watchOnly()) {
          models.add(parts.objectiveModel(objective));
        }
      }
      opened = true;
    } finally {
      if (!opened) {
        models.forEach(ObjectiveModel::close);
      }
    }
    return new WorldExam(
        models,
        new Evaluation(
            Examination.of(world.prompts(split, prompts, SEED), SEED),
            sampling.with(sampling.preferences().optional()),
            models,
            graded ? Optional.of(world.grader()) : Optional.empty(),
            parts.torch()));
  }

  /**
   * A policy's answers, with what models and rules make of them.
   *
   * @param preference that every prompt asks with; empty to ask for none
   */
  public GradedAnswers grade(PolicySource policy, Optional<PromptPreference> preference) {
    return preference.map(evaluation::preferring).orElse(evaluation).grade(policy);
  }

  @Override
  public void close() {
    models.forEach(ObjectiveModel::close);
  }
}
