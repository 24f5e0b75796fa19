package io.gapo.benchmarks.training;

import com.typesafe.config.Config;
import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GradientAdaptive;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.port.PolicySampler;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.PartSettings;
import io.gapo.runtime.gradients.TorchPolicyGradients;
import io.gapo.runtime.learner.TorchPolicyLearner;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.sampling.ContinuousBatchSampler;
import io.gapo.runtime.torch.TorchSettings;
import io.gapo.runtime.trainable.Handover;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The pipeline's work, one thing after the other: no actors, streams, broker or checkpoints. */
final class DirectLoop implements AutoCloseable {

  /** The demo combines by GAPO at this p. */
  private static final double DEMO_POWER = 1;

  private final GapoConfig config;
  private final List<String> prompts;
  private final PolicySampler sampler;
  private final List<ObjectiveModel> models;
  private final Handover handover = new Handover();
  private final TorchPolicyGradients gradients;
  private final TorchPolicyLearner learner;
  private int nextPrompt;
  private long version;

  private DirectLoop(GapoConfig config, List<String> prompts) {
    PartSettings parts = new PartSettings(config);
    this.config = config;
    this.prompts = prompts;
    this.sampler = ContinuousBatchSampler.open(config.policyPath(), parts.sampler(), parts.torch());
    this.models = config.objectives().stream().map(parts::objectiveModel).toList();
    InitialPolicy initial = parts.initialPolicy();
    this.gradients =
        TorchPolicyGradients.open(initial, parts.ppo(), parts.torch(), Optional.of(handover));
    this.learner =
        TorchPolicyLearner.open(
            initial,
            config.checkpointPath(),
            parts.learner(),
            parts.torch(),
            Optional.of(handover));
  }

  /** The demo's, on prompts that it feeds. */
  static DirectLoop ofDemo(TorchSettings torch) throws IOException {
    Path checkpoints = Files.createTempDirectory("gapo-direct");
    Config settings = DemoSettings.of(checkpoints, "127.0.0.1:9", torch);
    return new DirectLoop(GapoConfig.from(settings), DemoSettings.prompts());
  }

  /** One step; the rollouts trained on. */
  List<Rollout> step() {
    List<Rollout> rollouts = sample();
    List<ScoredRollout> batch = score(rollouts);
    MeasuredBatch measured = gradients.measure(batch);
    Combination combination = new GradientAdaptive(DEMO_POWER).combine(measured.gram());
    learner.apply(List.of(gradients.backward(combination.weights(), 0)));
    PolicySnapshot snapshot =
        new PolicySnapshot(new PolicyVersion(++version), 1, learner.tensors());
    gradients.adopt(snapshot);
    sampler.adopt(snapshot);
    return rollouts;
  }

  private List<Rollout> sample() {
    int samples = config.generator().stage().samplesPerPrompt();
    List<SampleRequest> requests = new ArrayList<>();
    while (requests.size() < config.collector().stage().batchSize()) {
      Prompt prompt = new Prompt("direct-" + nextPrompt, prompts.get(nextPrompt % prompts.size()));
      nextPrompt++;
      for (int k = 0; k < samples; k++) {
        requests.add(SampleRequest.of(prompt, k, config.generator().stage().runSeed()));
      }
    }
    sampler.admit(requests);
    List<Rollout> rollouts = new ArrayList<>();
    while (rollouts.size() < requests.size()) {
      rollouts.addAll(sampler.step());
    }
    return rollouts;
  }

  private List<ScoredRollout> score(List<Rollout> rollouts) {
    List<double[]> byModel = models.stream().map(model -> model.score(rollouts)).toList();
    List<ScoredRollout> scored = new ArrayList<>();
    for (int i = 0; i < rollouts.size(); i++) {
      int at = i;
      scored.add(
          new ScoredRollout(
              rollouts.get(i), byModel.stream().mapToDouble(scores -> scores[at]).toArray()));
    }
    return scored;
  }

  @Override
  public void close() {
    sampler.close();
    models.forEach(ObjectiveModel::close);
    gradients.close();
    learner.close();
    handover.close();
  }
}
