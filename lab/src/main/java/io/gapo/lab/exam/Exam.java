package io.gapo.lab.exam;

import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.lab.world.GoldGrader;
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
 * Lets policies answer the same prompts, scored by a run's objectives and, for prompts of the
 * world, graded by its rules; objectives that a process outside scores are left out. Holds the
 * score models in native memory until it is closed.
 */
public final class Exam implements AutoCloseable {

  private static final long SEED = 1717;

  private final List<ObjectiveModel> models;
  private final Evaluation evaluation;

  private Exam(List<ObjectiveModel> models, Evaluation evaluation) {
    this.models = models;
    this.evaluation = evaluation;
  }

  /**
   * Opens the objectives' models for prompts of the world.
   *
   * @param split held-out prompts for what is reported, validation prompts for what is chosen by
   * @param prompts how many every policy answers
   * @param graded whether the world's rules grade the answers, which they can of policies that
   *     speak its language
   * @throws io.gapo.ops.config.ConfigurationException if the policy cannot read texts as long as
   *     the settings allow, or the device cannot be used
   */
  public static Exam ofWorld(GapoConfig config, Split split, int prompts, boolean graded) {
    World world = new World();
    return open(
        config,
        Examination.of(world.prompts(split, prompts, SEED), SEED),
        graded ? Optional.of(world.grader()) : Optional.empty(),
        config.objectives().stream().filter(objective -> !objective.watchOnly()).toList());
  }

  /**
   * Opens all objectives' models, those that are only watched too, for prompts of anyone.
   *
   * @throws io.gapo.ops.config.ConfigurationException as {@link #ofWorld} does
   */
  public static Exam ofPrompts(GapoConfig config, List<Prompt> prompts) {
    return open(config, new Examination(prompts, SEED), Optional.empty(), config.objectives());
  }

  private static Exam open(
      GapoConfig config,
      Examination examination,
      Optional<GoldGrader> grader,
      List<ObjectiveConfig> objectives) {
    PartSettings parts = new PartSettings(config);
    parts.requireRoom();
    config.runtime().requireDevice();
    SamplerSettings sampling = parts.sampler();
    List<ObjectiveModel> models = new ArrayList<>();
    boolean opened = false;
    try {
      objectives.stream()
          .filter(objective -> !objective.isExternal())
          .forEach(objective -> models.add(parts.objectiveModel(objective)));
      opened = true;
    } finally {
      if (!opened) {
        models.forEach(ObjectiveModel::close);
      }
    }
    return new Exam(
        models,
        new Evaluation(
            examination,
            sampling.with(sampling.preferences().optional()),
            models,
            grader,
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
