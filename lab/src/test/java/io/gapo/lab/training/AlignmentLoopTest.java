package io.gapo.lab.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.GeneralizedAdvantage;
import io.gapo.core.ppo.KlEstimator;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.core.step.StepStatistics;
import io.gapo.runtime.gradients.AdvantageKind;
import io.gapo.runtime.gradients.AdvantageSettings;
import io.gapo.runtime.gradients.ClipSettings;
import io.gapo.runtime.gradients.GradientComparison;
import io.gapo.runtime.gradients.KlPenalty;
import io.gapo.runtime.gradients.KlPlacement;
import io.gapo.runtime.gradients.LossSettings;
import io.gapo.runtime.gradients.PpoSettings;
import io.gapo.runtime.gradients.StepMemory;
import io.gapo.runtime.gradients.TorchPolicyGradients;
import io.gapo.runtime.learner.AdamWSettings;
import io.gapo.runtime.learner.LearnerSettings;
import io.gapo.runtime.learner.LearningRateSchedule;
import io.gapo.runtime.learner.LearningRates;
import io.gapo.runtime.learner.TorchPolicyLearner;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.sampling.ContinuousBatchSampler;
import io.gapo.runtime.sampling.SamplerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sampler, gradients and learner together: what one measures, the other two understand. */
class AlignmentLoopTest {

  private static final List<String> OBJECTIVES = List.of("polite", "brief");
  private static final double TEMPERATURE = 0.9;
  private static final int STEPS = 20;

  @ParameterizedTest
  @EnumSource(AdvantageKind.class)
  void makesAPolicyPolite(AdvantageKind kind, @TempDir Path directory) throws IOException {
    Path policy = directory.resolve("policy");
    policy.toFile().mkdirs();
    SmallWorld.makePolicy(policy, 3, SmallWorld.mixedDemonstrations(200, 1));
    PpoSettings ppo =
        new PpoSettings(
            OBJECTIVES,
            new AdvantageSettings(kind, new GeneralizedAdvantage(1, 0.95), false),
            new ClipSettings(0.2, 5, 50),
            LossSettings.PPO,
            new KlPenalty(0.02, KlPlacement.INSIDE, KlEstimator.K1),
            GradientComparison.LAST_LAYER,
            TEMPERATURE,
            new StepMemory(400, 1L << 30),
            false);
    LearnerSettings learning =
        new LearnerSettings(
            OBJECTIVES,
            new LearningRates(2e-3, 1e-2, LearningRateSchedule.constant()),
            AdamWSettings.DEFAULT,
            1);
    SamplerSettings sampling = new SamplerSettings(32, 24, 24, TEMPERATURE, SmallWorld.TEMPLATE);
    List<StepStatistics> history = new ArrayList<>();

    try (ContinuousBatchSampler sampler =
            ContinuousBatchSampler.open(policy, sampling, SmallWorld.TORCH);
        TorchPolicyGradients gradients =
            TorchPolicyGradients.open(
                InitialPolicy.whole(policy), ppo, SmallWorld.TORCH, Optional.empty());
        TorchPolicyLearner learner =
            TorchPolicyLearner.open(
                InitialPolicy.whole(policy),
                directory.resolve("checkpoints"),
                learning,
                SmallWorld.TORCH,
                Optional.empty())) {
      for (int step = 0; step < STEPS; step++) {
        PolicySnapshot snapshot = new PolicySnapshot(new PolicyVersion(step), 1, learner.tensors());
        sampler.adopt(snapshot);
        gradients.adopt(snapshot);
        MeasuredBatch measured = gradients.measure(rollouts(sampler, step));
        history.add(measured.statistics());
        double[] weights = {0.8 / measured.gram().norm(0), 0.2 / measured.gram().norm(1)};
        learner.apply(List.of(gradients.backward(weights, 0)));
      }
    }

    StepStatistics first = history.get(0);
    assertThat(first.policy().kl()).isCloseTo(0, within(1e-5));
    for (StepStatistics statistics : history) {
      // The behavior policy is the policy itself: decoding and the full forward pass agree.
      assertThat(statistics.ratios().mean()).isCloseTo(1, within(1e-3));
      assertThat(statistics.ratios().max()).isCloseTo(1, within(1e-2));
      assertThat(statistics.ratios().clipFraction()).isZero();
      assertThat(statistics.staleness().max()).isZero();
    }
    assertThat(history.get(STEPS - 1).meanScores().get(0))
        .isGreaterThan(first.meanScores().get(0) + 0.4);
  }

  private static List<ScoredRollout> rollouts(ContinuousBatchSampler sampler, int step) {
    List<AnsweredPrompt> questions = SmallWorld.mixedDemonstrations(8, 100L + step);
    List<SampleRequest> requests = new ArrayList<>();
    for (int i = 0; i < questions.size(); i++) {
      Prompt prompt = new Prompt(step + "-" + i, questions.get(i).prompt());
      for (int sample = 0; sample < 4; sample++) {
        requests.add(SampleRequest.of(prompt, sample, 3));
      }
    }
    sampler.admit(requests);
    List<ScoredRollout> scored = new ArrayList<>();
    while (sampler.activeSequences() > 0) {
      for (Rollout rollout : sampler.step()) {
        double politeness = rollout.response().startsWith("Gladly") ? 1 : -1;
        double brevity = 1 - rollout.responseTokens().length / 12.0;
        scored.add(new ScoredRollout(rollout, new double[] {politeness, brevity}));
      }
    }
    return scored;
  }
}
