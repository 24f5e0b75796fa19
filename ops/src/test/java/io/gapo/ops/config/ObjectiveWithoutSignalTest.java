package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.flow.ScoreNormalisation;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.ScoreNormaliser;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.StepId;
import io.gapo.runtime.gradients.TorchPolicyGradients;
import io.gapo.runtime.sampling.ContinuousBatchSampler;
import io.gapo.runtime.text.PromptTemplate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Batches of the demo's policy in which an objective's scores say nothing, measured with both kinds
 * of advantages, whitened or not, in single precision and in bfloat16, and weighed by every method.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ObjectiveWithoutSignalTest {

  private static final List<String> OBJECTIVES = List.of("helpful", "harmless");
  private static final int PROMPTS = 3;
  private static final int SAMPLES = 4;

  /** By how much the policy has left the reference in a run that is under way, nats a token. */
  private static final double DRIFT = 0.3;

  /** What is measured, by its description. */
  private final Map<String, MeasuredBatch> silent = new LinkedHashMap<>();

  private final Map<String, MeasuredBatch> told = new LinkedHashMap<>();

  @BeforeAll
  void measure() {
    for (DataType dataType : List.of(DataType.F32, DataType.BF16)) {
      List<Rollout> rollouts = sample(dataType);
      // Two of the larger score's adjacent numbers, in the precision that the models compute in.
      double ulp = Math.scalb(4.0, 1 - dataType.significandBits());
      for (String advantage : List.of("gae", "group-relative")) {
        for (boolean whitened : List.of(false, true)) {
          PartSettings parts = parts(dataType, advantage, whitened);
          try (TorchPolicyGradients gradients =
              TorchPolicyGradients.open(
                  parts.initialPolicy(), parts.ppo(), parts.torch(), Optional.empty())) {
            for (double drift : List.of(0.0, DRIFT)) {
              String name =
                  "%s, %s, whitened %s, drift %s".formatted(dataType, advantage, whitened, drift);
              List<Rollout> sampled = drifted(rollouts, drift);
              silent.put("zeros, " + name, gradients.measure(scored(sampled, i -> 0)));
              silent.put("constant, " + name, gradients.measure(scored(sampled, i -> -3.7)));
              silent.put(
                  "nearly constant, " + name,
                  gradients.measure(scored(sampled, i -> 3.7 + ulp * (i % 3) / 2)));
              silent.put(
                  "nearly constant but normalised, " + name,
                  gradients.measure(normalised(scored(sampled, i -> 3.7 + ulp * (i % 3) / 2))));
              told.put(name, gradients.measure(scored(sampled, i -> 3.7 + 40 * ulp * (i % 3))));
              told.put(
                  "normalised, " + name,
                  gradients.measure(normalised(scored(sampled, i -> 3.7 + 40 * ulp * (i % 3)))));
            }
          }
        }
      }
    }
  }

  /** By the batch's own mean and deviation, which makes any difference as large as any other. */
  private static List<ScoredRollout> normalised(List<ScoredRollout> batch) {
    return new ScoreNormalisation(
            OBJECTIVES, List.of(ScoreNormaliser.none(), new ScoreNormaliser.Running(50)))
        .apply(PolicyVersion.INITIAL, batch);
  }

  @ParameterizedTest
  @MethodSource("silent")
  void hasNoGradientAtAll(String name) {
    MeasuredBatch measured = measured(name);

    assertThat(measured.gram().norm(0)).isPositive();
    assertThat(measured.gram().toRows()[1]).containsExactly(0, 0);
    assertThat(measured.fullGram().orElseThrow().toRows()[1]).containsExactly(0, 0);
  }

  Stream<Arguments> silent() {
    return silent.keySet().stream().map(Arguments::of);
  }

  private MeasuredBatch measured(String name) {
    return Optional.ofNullable(silent.get(name)).orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(CombinationMethod.class)
  void isLeftOutByEveryMethodAndReported(CombinationMethod method) {
    boolean clips = method.requiredSettings().isEmpty();
    for (boolean clipped : clips ? List.of(false, true) : List.of(false)) {
      PartSettings parts = with(method, clipped);
      silent.forEach(
          (name, measured) -> {
            Combination combination = combine(parts, measured);

            assertThat(combination.leftOut()).as(name).containsExactly("harmless");
            assertThat(combination.alpha()[1]).as(name).isZero();
            assertThat(combination.weights()[1]).as(name).isZero();
            if (method == CombinationMethod.PPO) {
              assertThat(combination.weights()[0]).as(name).isZero();
            } else {
              assertThat(combination.weights()[0]).as(name).isPositive();
            }
          });
    }
  }

  /** The other objective trains as if this one were not there. */
  @ParameterizedTest
  @EnumSource(
      value = CombinationMethod.class,
      names = {
        "GAPO",
        "MGDA",
        "CAPPED_MGDA",
        "PCGRAD",
        "CAGRAD",
        "NASH_MTL",
        "IMTL_G",
        "ALIGNED_MTL",
        "UPGRAD",
        "MO_GRPO"
      })
  void leavesTheOtherWhatItWouldHaveAlone(CombinationMethod method) {
    PartSettings parts = with(method, false);
    silent.forEach(
        (name, measured) -> {
          double norm = measured.gram().norm(0);
          boolean unit = method == CombinationMethod.GAPO || method == CombinationMethod.NASH_MTL;

          double weight = combine(parts, measured).weights()[0];

          double expected = unit ? 1 / norm : method == CombinationMethod.CAGRAD ? 1.4 : 1;
          assertThat(weight).as(name).isCloseTo(expected, within(1e-9 * expected));
        });
  }

  /** Scores that are a little further apart than rounding do count. */
  @ParameterizedTest
  @EnumSource(
      value = CombinationMethod.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MGDA"})
  void countsAsSoonAsItsScoresTellResponsesApart(CombinationMethod method) {
    PartSettings parts = with(method, false);
    told.forEach(
        (name, measured) -> {
          Combination combination = combine(parts, measured);

          assertThat(combination.leftOut()).as(name).isEmpty();
          assertThat(combination.weights()[1]).as(name).isNotZero();
        });
  }

  private static Combination combine(PartSettings parts, MeasuredBatch measured) {
    return parts
        .directionChoice()
        .choose(
            new ObjectiveGradients(
                new StepId(PolicyVersion.INITIAL, 0, "0"), measured, List.of(), MethodMemory.NONE))
        .combination();
  }

  private static List<ScoredRollout> scored(List<Rollout> rollouts, IntToDoubleFunction harmless) {
    List<ScoredRollout> scored = new ArrayList<>();
    for (int i = 0; i < rollouts.size(); i++) {
      double helpful = Math.sin(1 + 7 * i);
      scored.add(
          new ScoredRollout(rollouts.get(i), new double[] {helpful, harmless.applyAsDouble(i)}));
    }
    return scored;
  }

  /** The rollouts as a policy samples them whose log-probabilities differ from the reference's. */
  private static List<Rollout> drifted(List<Rollout> rollouts, double nats) {
    SplittableRandom random = new SplittableRandom(7);
    return rollouts.stream()
        .map(
            rollout -> {
              float[] logProbs = rollout.behaviorLogProbs().clone();
              for (int t = 0; t < logProbs.length; t++) {
                logProbs[t] += (float) (nats * random.nextDouble(-1, 1));
              }
              return new Rollout(
                  rollout.promptId(),
                  rollout.sampleIndex(),
                  rollout.prompt(),
                  rollout.response(),
                  rollout.promptTokens(),
                  rollout.responseTokens(),
                  logProbs,
                  rollout.versions(),
                  rollout.finishReason(),
                  rollout.seed());
            })
        .toList();
  }

  private static List<Rollout> sample(DataType dataType) {
    PartSettings parts = parts(dataType, "gae", false);
    List<SampleRequest> requests = new ArrayList<>();
    for (int prompt = 0; prompt < PROMPTS; prompt++) {
      for (int sample = 0; sample < SAMPLES; sample++) {
        requests.add(
            SampleRequest.of(new Prompt("p" + prompt, "how do i make a box " + prompt), sample, 5));
      }
    }
    List<Rollout> rollouts = new ArrayList<>();
    try (ContinuousBatchSampler sampler =
        ContinuousBatchSampler.open(parts.initialPolicy(), parts.sampler(), parts.torch())) {
      sampler.admit(requests);
      while (rollouts.size() < requests.size()) {
        rollouts.addAll(sampler.step());
      }
    }
    return rollouts;
  }

  private static PartSettings parts(DataType dataType, String advantage, boolean whitened) {
    return parts(
        Map.of(
            "gapo.runtime.dtype",
            dataType.name().toLowerCase(Locale.ROOT),
            "gapo.training.advantage",
            advantage,
            "gapo.training.whiten-advantages",
            whitened,
            "gapo.combination.audit-every",
            1));
  }

  private static PartSettings with(CombinationMethod method, boolean clipped) {
    Map<String, Object> settings = new HashMap<>(method.requiredSettings());
    settings.put("gapo.combination.method", method.spelling("harmless"));
    settings.put("gapo.combination.preference", Map.of("helpful", 0.4, "harmless", 0.6));
    settings.put("gapo.combination.gradient-clip", clipped ? "before" : "after");
    return parts(settings);
  }

  private static PartSettings parts(Map<String, Object> changes) {
    Map<String, Object> settings = new HashMap<>(changes);
    settings.put("gapo.policy.directory", Path.of("..", "demo", "policy").toString());
    settings.put("gapo.sampling.template", PromptTemplate.SAFE_RLHF.pattern());
    settings.put("gapo.sampling.max-prompt-tokens", 64);
    settings.put("gapo.sampling.max-response-tokens", 12);
    settings.put("gapo.sampling.slots", PROMPTS * SAMPLES);
    settings.put(
        "gapo.objectives",
        OBJECTIVES.stream()
            .map(
                name ->
                    Map.of(
                        "name",
                        name,
                        "scored-by",
                        "reward-scorer",
                        "rule",
                        Map.of("kind", "conciseness")))
            .toList());
    return new PartSettings(
        GapoConfig.from(ConfigFiles.load(Optional.empty(), Map.of(), settings)));
  }
}
