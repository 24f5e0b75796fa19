package io.gapo.lab.exam;

import io.gapo.core.rollout.PromptPreference;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.policy.PolicySource;
import java.nio.file.Path;
import java.util.Optional;

/** Compares a policy with the one that a run starts from, on prompts of a file. */
public final class FileEvaluation {

  private FileEvaluation() {}

  /**
   * Lets both policies answer every prompt once, and scores the answers by the run's objectives.
   *
   * @param config names the policy to compare with, and the objectives
   * @param trained a policy's directory, or an optimizer's checkpoints
   * @param samples prompts whose answers are shown
   * @param preference that the trained policy is asked with; empty to ask for none
   */
  public static EvaluationReport of(
      GapoConfig config,
      ExamPrompts prompts,
      Path trained,
      int samples,
      Optional<PromptPreference> preference) {
    PolicySource before = PolicySource.require(config.policyPath(), config.policyPath());
    PolicySource after = PolicySource.require(trained, config.policyPath());
    try (Exam exam = Exam.ofPrompts(config, prompts.prompts())) {
      return Comparison.of(
          prompts.name(),
          before.name(),
          exam.grade(before, Optional.empty()),
          after.name(),
          exam.grade(after, preference),
          samples);
    }
  }
}
