package io.gapo.lab.exam;

import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.core.rollout.Rollout;
import io.gapo.lab.world.GoldGrader;
import io.gapo.ops.policy.PolicySource;
import io.gapo.runtime.sampling.ContinuousBatchSampler;
import io.gapo.runtime.sampling.SamplerSettings;
import io.gapo.runtime.torch.TorchSettings;
import java.util.List;
import java.util.Optional;

/**
 * Examines policies and grades what they answer. Native memory is held only while a policy answers;
 * the objective models belong to the caller.
 *
 * @param sampling of the answers; a temperature near 0 takes the likeliest token every time
 * @param grader by the world's exact rules, for policies that speak the world's language
 */
public record Evaluation(
    Examination examination,
    SamplerSettings sampling,
    List<ObjectiveModel> models,
    Optional<GoldGrader> grader,
    TorchSettings torch) {

  public Evaluation {
    models = List.copyOf(models);
  }

  /** A copy whose prompts are asked with a preference. */
  Evaluation preferring(PromptPreference preference) {
    return new Evaluation(examination.preferring(preference), sampling, models, grader, torch);
  }

  /**
   * Lets a policy answer, scores and grades the answers.
   *
   * @throws IllegalArgumentException if the weights are not of the policy's shapes, or a prompt is
   *     too long for it
   */
  public GradedAnswers grade(PolicySource policy) {
    return GradedAnswers.of(answers(policy), models, grader);
  }

  private List<Rollout> answers(PolicySource policy) {
    try (ContinuousBatchSampler sampler =
        ContinuousBatchSampler.open(policy.initial(), sampling, torch)) {
      policy.trained().ifPresent(sampler::adopt);
      return examination.answers(sampler);
    }
  }
}
