package io.gapo.runtime.gradients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.GeneralizedAdvantage;
import io.gapo.core.ppo.KlEstimator;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A tiny policy, a batch and what PyTorch makes of them; written by {@code ppo_fixture.py}. */
public final class PpoFixture {

  public static final List<String> OBJECTIVES = List.of("helpful", "harmless", "concise");
  public static final double KL_WEIGHT = 0.1;
  public static final double KL_COEFFICIENT = 0.05;

  private PpoFixture() {}

  /** What the objectives weigh in the expected gradients. */
  public static double[] weights() {
    return new double[] {0.5, 0.3, 0.2};
  }

  public static PpoSettings settings(AdvantageKind kind, int microBatchTokens) {
    return settings(kind, microBatchTokens, KL_COEFFICIENT);
  }

  public static PpoSettings settings(
      AdvantageKind kind, int microBatchTokens, double klCoefficient) {
    return new PpoSettings(
        OBJECTIVES,
        new AdvantageSettings(kind, new GeneralizedAdvantage(1, 0.95), false),
        new ClipSettings(0.2, 5, 50),
        LossSettings.PPO,
        new KlPenalty(klCoefficient, KlPlacement.INSIDE, KlEstimator.K1),
        GradientComparison.LAST_LAYER,
        0.8,
        new StepMemory(microBatchTokens, StepMemory.DEFAULT.graphBytes()),
        false);
  }

  /** The policy's directory: also the reference policy. */
  public static Path policy() {
    return file("policy");
  }

  /** Gradients with the fixture's policy adopted. */
  public static TorchPolicyGradients open(AdvantageKind kind, int microBatchTokens) {
    return open(settings(kind, microBatchTokens));
  }

  /** Gradients with the fixture's policy adopted. */
  public static TorchPolicyGradients open(PpoSettings settings) {
    TorchPolicyGradients gradients = openInitial(settings, TorchSettings.cpu(1));
    gradients.adopt(adopted());
    return gradients;
  }

  /** Gradients with no policy adopted yet. */
  public static TorchPolicyGradients openInitial(PpoSettings settings, TorchSettings torch) {
    return TorchPolicyGradients.open(
        InitialPolicy.whole(policy()), settings, torch, Optional.empty());
  }

  /** The policy that the batch is measured under. */
  public static PolicySnapshot adopted() {
    return new PolicySnapshot(
        new PolicyVersion(4), 1, SafetensorsFile.readAll(file("adopted.safetensors")));
  }

  public static List<ScoredRollout> batch() {
    List<ScoredRollout> batch = new ArrayList<>();
    for (JsonNode node : json("batch.json")) {
      int tokens = node.get("responseTokens").size();
      float[] behavior = new float[tokens];
      long[] versions = new long[tokens];
      for (int t = 0; t < tokens; t++) {
        behavior[t] = node.get("behaviorLogProbs").get(t).floatValue();
        versions[t] = node.get("versions").get(t).longValue();
      }
      double[] scores = new double[OBJECTIVES.size()];
      for (int m = 0; m < scores.length; m++) {
        scores[m] = node.get("scores").get(m).doubleValue();
      }
      Rollout rollout =
          new Rollout(
              node.get("promptId").textValue(),
              node.get("sampleIndex").intValue(),
              "prompt",
              "response",
              integers(node.get("promptTokens")),
              integers(node.get("responseTokens")),
              behavior,
              versions,
              FinishReason.LENGTH,
              1);
      batch.add(new ScoredRollout(rollout, scores));
    }
    return batch;
  }

  public static JsonNode expected(AdvantageKind kind) {
    return json("expected.json").get(key(kind));
  }

  public static NamedTensor expectedGradient(AdvantageKind kind, String tensor) {
    try (SafetensorsFile file = SafetensorsFile.open(file("gradients.safetensors"))) {
      return file.read(key(kind) + "." + tensor);
    }
  }

  private static String key(AdvantageKind kind) {
    return kind == AdvantageKind.GAE ? "gae" : "group-relative";
  }

  private static int[] integers(JsonNode list) {
    int[] values = new int[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i).intValue();
    }
    return values;
  }

  private static JsonNode json(String name) {
    try {
      return new ObjectMapper().readTree(file(name).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(String name) {
    try {
      URL url = Objects.requireNonNull(PpoFixture.class.getResource(name), name);
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
