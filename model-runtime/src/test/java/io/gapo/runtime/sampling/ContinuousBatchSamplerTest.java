package io.gapo.runtime.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.TinyModel;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContinuousBatchSamplerTest {

  private static final double TEMPERATURE = 0.8;
  private static final int RESPONSE = 24;
  private static final PromptTemplate TEMPLATE = new PromptTemplate("USER: {prompt} ASSISTANT:");

  /** Every sixteenth token ends a response: they are short and of many lengths. */
  private static final Integer[] MANY_ENDS =
      IntStream.range(1, TinyModel.VOCABULARY)
          .filter(i -> i % 16 == 0)
          .boxed()
          .toArray(Integer[]::new);

  private static Path endless;
  private static Path ending;

  @BeforeAll
  static void writePolicies(@TempDir Path first, @TempDir Path second) {
    endless = first;
    TinyModel.write(endless, TinyModel.config(), OutputLayer.VOCABULARY, 11);
    ending = second;
    TinyModel.write(ending, TinyModel.config(MANY_ENDS), OutputLayer.VOCABULARY, 12);
  }

  @Test
  void recordsLogProbabilitiesThatTheFullForwardPassConfirms() {
    try (ContinuousBatchSampler sampler = open(endless, 4);
        FullForward forward = new FullForward(endless, TEMPERATURE)) {
      sampler.admit(requests(4));

      for (Rollout rollout : drain(sampler)) {
        assertThat(rollout.responseTokens()).hasSize(RESPONSE);
        assertThat(rollout.behaviorLogProbs())
            .containsExactly(forward.logProbs(rollout), within(1e-4f));
      }
    }
  }

  @Test
  void samplesTheSameAgainFromTheSameSeed() {
    List<Rollout> first;
    try (ContinuousBatchSampler sampler = open(endless, 4)) {
      sampler.admit(requests(4));
      first = drain(sampler);
    }
    try (ContinuousBatchSampler sampler = open(endless, 4)) {
      sampler.admit(requests(4));

      assertThat(drain(sampler)).isEqualTo(first);
    }
    assertThat(first.get(0).responseTokens()).isNotEqualTo(first.get(1).responseTokens());
  }

  @Test
  void samplesALateJoinerAsIfItWereAlone() {
    SampleRequest late = request("the hat", 0, 99);
    Rollout alone;
    try (ContinuousBatchSampler sampler = open(endless, 4)) {
      sampler.admit(List.of(late));
      alone = drain(sampler).get(0);
    }
    try (ContinuousBatchSampler sampler = open(endless, 4)) {
      sampler.admit(requests(3));
      for (int i = 0; i < 7; i++) {
        sampler.step();
      }
      sampler.admit(List.of(late));

      Rollout joined = drain(sampler).get(3);
      assertThat(joined.id()).isEqualTo(late.rolloutId());
      assertThat(joined.responseTokens()).isEqualTo(alone.responseTokens());
      assertThat(joined.behaviorLogProbs())
          .containsExactly(alone.behaviorLogProbs(), within(1e-4f));
    }
  }

  @Test
  void keepsSequencesApartWhileOthersComeAndGo() {
    List<SampleRequest> requests =
        IntStream.range(0, 40)
            .mapToObj(i -> request("the cat " + "and ".repeat(i % 7), i, i))
            .toList();
    Map<String, int[]> alone = new HashMap<>();
    try (ContinuousBatchSampler sampler = open(ending, 1)) {
      for (SampleRequest request : requests) {
        sampler.admit(List.of(request));
        alone.put(request.rolloutId(), drain(sampler).get(0).responseTokens());
      }
    }
    List<Rollout> finished = new ArrayList<>();
    try (ContinuousBatchSampler sampler = open(ending, 5);
        FullForward forward = new FullForward(ending, TEMPERATURE)) {
      Deque<SampleRequest> waiting = new ArrayDeque<>(requests);
      while (!waiting.isEmpty() || sampler.activeSequences() > 0) {
        List<SampleRequest> joining = new ArrayList<>();
        while (joining.size() < sampler.freeSlots() && !waiting.isEmpty()) {
          joining.add(waiting.remove());
        }
        sampler.admit(joining);
        finished.addAll(sampler.step());
      }

      assertThat(finished).hasSize(requests.size());
      assertThat(finished.stream().map(rollout -> rollout.responseTokens().length).distinct())
          .hasSizeGreaterThan(5);
      for (Rollout rollout : finished) {
        assertThat(alone).containsEntry(rollout.id(), rollout.responseTokens());
        assertThat(rollout.behaviorLogProbs())
            .containsExactly(forward.logProbs(rollout), within(1e-4f));
      }
    }
  }

  @Test
  void samplesTokensAsOftenAsTheirProbabilitySays() {
    int samples = 4_000;
    Map<Integer, Integer> counts = new HashMap<>();
    Map<Integer, Double> probabilities = new HashMap<>();
    SamplerSettings oneToken = new SamplerSettings(samples, 40, 1, TEMPERATURE, TEMPLATE);
    try (ContinuousBatchSampler sampler =
        ContinuousBatchSampler.open(endless, oneToken, TorchSettings.cpu(1))) {
      sampler.admit(
          IntStream.range(0, samples)
              .mapToObj(i -> SampleRequest.of(new Prompt("p", "the cat"), i, 5))
              .toList());

      for (Rollout rollout : sampler.step()) {
        counts.merge(rollout.responseTokens()[0], 1, Integer::sum);
        probabilities.put(rollout.responseTokens()[0], Math.exp(rollout.behaviorLogProbs()[0]));
      }
    }

    assertThat(counts).hasSizeGreaterThan(10);
    probabilities.forEach(
        (token, probability) -> {
          double deviation = Math.sqrt(samples * probability * (1 - probability));
          assertThat((double) counts.getOrDefault(token, 0))
              .isCloseTo(samples * probability, within(4 * deviation + 3));
        });
  }

  @Test
  void readsAPromptOnceForAllItsSamples() {
    List<SampleRequest> samples =
        IntStream.range(0, 3).mapToObj(i -> request("the bat", i, i)).toList();
    try (ContinuousBatchSampler together = open(endless, 3);
        ContinuousBatchSampler oneByOne = open(endless, 3)) {
      together.admit(samples);
      samples.forEach(sample -> oneByOne.admit(List.of(sample)));

      List<Rollout> rollouts = drain(together);

      assertThat(rollouts.stream().map(Rollout::responseTokens))
          .containsExactlyElementsOf(
              drain(oneByOne).stream().map(Rollout::responseTokens).toList());
      assertThat(rollouts.stream().map(Rollout::sampleIndex)).containsExactly(0, 1, 2);
    }
  }

  @Test
  void endsAResponseWithTheEndTokenOrAtItsLongest() {
    try (ContinuousBatchSampler sampler = open(ending, 8);
        TextCodec codec = TextCodec.open(ending, TinyModel.VOCABULARY, TEMPLATE)) {
      sampler.admit(requests(8));

      for (Rollout rollout : drain(sampler)) {
        int[] tokens = rollout.responseTokens();
        int last = tokens[tokens.length - 1];
        if (rollout.finishReason() == FinishReason.END_OF_SEQUENCE) {
          assertThat(MANY_ENDS).contains(last);
          assertThat(rollout.response())
              .isEqualTo(codec.decode(java.util.Arrays.copyOf(tokens, tokens.length - 1)));
        } else {
          assertThat(tokens).hasSize(RESPONSE);
          assertThat(rollout.response()).isEqualTo(codec.decode(tokens));
        }
        assertThat(rollout.promptTokens())
            .isEqualTo(codec.encode(TEMPLATE.around(rollout.prompt(), "")));
      }
    }
  }

  @Test
  void adoptsAVersionBetweenTwoTokens() {
    int before = 5;
    NamedTensor uniformHead =
        TensorValues.tensor(
            "lm_head.weight",
            new long[] {TinyModel.VOCABULARY, 32},
            new float[TinyModel.VOCABULARY * 32]);
    NamedTensor valueHead =
        TensorValues.tensor("value_heads.helpful.weight", new long[] {1, 32}, new float[32]);
    try (ContinuousBatchSampler sampler = open(endless, 2)) {
      sampler.admit(requests(1));
      for (int i = 0; i < before; i++) {
        sampler.step();
      }

      sampler.adopt(new PolicySnapshot(new PolicyVersion(3), 1, List.of(uniformHead, valueHead)));

      Rollout rollout = drain(sampler).get(0);
      float uniform = (float) -Math.log(TinyModel.VOCABULARY);
      for (int t = 0; t < RESPONSE; t++) {
        assertThat(rollout.versions()[t]).isEqualTo(t < before ? 0 : 3);
        if (t >= before) {
          assertThat(rollout.behaviorLogProbs()[t]).isCloseTo(uniform, within(1e-5f));
        }
      }
      assertThat(rollout.oldestVersion()).isEqualTo(PolicyVersion.INITIAL);
    }
  }

  /**
   * The oracle decodes each sequence alone, changing its weights where the recorded versions say.
   */
  @Test
  void keepsLogProbabilitiesRightThroughDozensOfSwapsAmongManySequences() {
    int slots = 64;
    int swapEvery = 2;
    List<SampleRequest> requests =
        IntStream.range(0, 3 * slots)
            .mapToObj(i -> request("the cat " + "and ".repeat(i % 7), i, i))
            .toList();
    List<Rollout> finished = new ArrayList<>();
    int version = 0;
    try (ContinuousBatchSampler sampler = open(ending, slots)) {
      Deque<SampleRequest> waiting = new ArrayDeque<>(requests);
      for (int step = 0; !waiting.isEmpty() || sampler.activeSequences() > 0; step++) {
        if (step % swapEvery == 0) {
          sampler.adopt(snapshot(++version));
        }
        List<SampleRequest> joining = new ArrayList<>();
        while (joining.size() < sampler.freeSlots() && !waiting.isEmpty()) {
          joining.add(waiting.remove());
        }
        sampler.admit(joining);
        finished.addAll(sampler.step());
      }
    }

    assertThat(finished).hasSize(requests.size());
    assertThat(version).isGreaterThan(24);
    assertThat(finished).anyMatch(rollout -> spans(rollout) > 8);
    try (ContinuousBatchSampler alone = open(ending, 1)) {
      for (Rollout rollout : finished) {
        Rollout replayed = replay(alone, requests.get(rollout.sampleIndex()), rollout.versions());
        assertThat(replayed.responseTokens()).isEqualTo(rollout.responseTokens());
        assertThat(replayed.behaviorLogProbs())
            .containsExactly(rollout.behaviorLogProbs(), within(1e-4f));
      }
    }
  }

  private static PolicySnapshot snapshot(long version) {
    return new PolicySnapshot(
        new PolicyVersion(version),
        0,
        TinyModel.tensors(TinyModel.config(MANY_ENDS), OutputLayer.VOCABULARY, 100 + version));
  }

  private static long spans(Rollout rollout) {
    return java.util.Arrays.stream(rollout.versions()).distinct().count();
  }

  private static Rollout replay(
      ContinuousBatchSampler sampler, SampleRequest request, long[] versions) {
    sampler.adopt(snapshot(versions[0]));
    sampler.admit(List.of(request));
    List<Rollout> finished = new ArrayList<>();
    for (int t = 0; t < versions.length; t++) {
      if (t > 0 && versions[t] != versions[t - 1]) {
        sampler.adopt(snapshot(versions[t]));
      }
      finished.addAll(sampler.step());
    }
    return finished.get(0);
  }

  @Test
  void samplesFromAdoptedWeightsAsFromLoadedOnes() {
    LlamaConfig config = TinyModel.config(MANY_ENDS);
    List<NamedTensor> tensors = TinyModel.tensors(config, OutputLayer.VOCABULARY, 12);
    try (ContinuousBatchSampler adopting = open(endless, 2);
        ContinuousBatchSampler loaded = open(ending, 2)) {
      adopting.adopt(new PolicySnapshot(PolicyVersion.INITIAL, 0, tensors));
      adopting.admit(requests(1));
      loaded.admit(requests(1));

      float[] expected = drain(loaded).get(0).behaviorLogProbs();

      assertThat(drain(adopting).get(0).behaviorLogProbs()).startsWith(expected);
    }
  }

  @Test
  void refusesASnapshotOfAnotherPolicy() {
    NamedTensor stranger = TensorValues.tensor("lm_head.weight", new long[] {2}, 1, 2);
    try (ContinuousBatchSampler sampler = open(endless, 1)) {
      assertThatThrownBy(
              () -> sampler.adopt(new PolicySnapshot(new PolicyVersion(1), 0, List.of(stranger))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("lm_head.weight");
    }
  }

  @Test
  void failsOnADistributionThatIsNotFinite() {
    float[] notANumber = new float[32];
    java.util.Arrays.fill(notANumber, Float.NaN);
    NamedTensor broken = TensorValues.tensor("model.norm.weight", new long[] {32}, notANumber);
    try (ContinuousBatchSampler sampler = open(endless, 1)) {
      sampler.admit(requests(1));
      sampler.adopt(new PolicySnapshot(new PolicyVersion(4), 0, List.of(broken)));

      assertThatThrownBy(sampler::step)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("v4")
          .hasMessageContaining("p0#0");
    }
  }

  @Test
  void rejectsOverlongPromptsAndMoreRequestsThanSlots() {
    Prompt tooLong = new Prompt("long", "the cat ".repeat(100));
    try (ContinuousBatchSampler sampler = open(endless, 2)) {
      assertThat(sampler.rejection(new Prompt("short", "the cat"))).isEmpty();
      assertThat(sampler.rejection(tooLong))
          .hasValueSatisfying(why -> assertThat(why).contains("40"));
      assertThatThrownBy(() -> sampler.admit(List.of(new SampleRequest(tooLong, 0, 1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("long");
      assertThatThrownBy(() -> sampler.admit(requests(3)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("3 requests for 2 free slots");
      assertThat(sampler.freeSlots()).isEqualTo(2);
      assertThat(sampler.step()).isEmpty();
    }
  }

  @Test
  void leavesNothingBehindOverManySteps() {
    try (ContinuousBatchSampler sampler = open(endless, 4)) {
      int before = sampler.managedTensors();
      for (int i = 0; i < 500; i++) {
        if (sampler.freeSlots() > 0) {
          sampler.admit(List.of(request("the rat", i, i)));
        }
        sampler.step();
        assertThat(sampler.managedTensors()).isEqualTo(before);
      }
    }
  }

  @Test
  void refusesSettingsThatDoNotFitThePolicy() {
    SamplerSettings tooLong = new SamplerSettings(1, 90, 7, 1, TEMPLATE);

    assertThatThrownBy(() -> ContinuousBatchSampler.open(endless, tooLong, TorchSettings.cpu(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 96");
    assertThatThrownBy(() -> new SamplerSettings(0, 1, 1, 1, TEMPLATE))
        .hasMessageContaining("slots");
    assertThatThrownBy(() -> new SamplerSettings(1, 1, 1, 0, TEMPLATE))
        .hasMessageContaining("temperature");
  }

  @Test
  void thePolicyReadsThePreferenceAndTheRolloutCarriesItBesideThePlainText() {
    PromptPreference even = PromptPreference.of(Map.of("a", 1.0, "b", 1.0));
    PromptPreference onlyA = PromptPreference.of(Map.of("a", 1.0));
    SamplerSettings settings =
        new SamplerSettings(
            4,
            60,
            RESPONSE,
            TEMPERATURE,
            Optional.of(TEMPLATE),
            new PreferenceText(
                List.of("a", "b"), "{preference} {prompt}", Optional.of(even), true));
    try (ContinuousBatchSampler sampler =
            ContinuousBatchSampler.open(endless, settings, TorchSettings.cpu(1));
        TextCodec codec = TextCodec.open(endless, TinyModel.VOCABULARY, TEMPLATE)) {
      Prompt plain = new Prompt("plain", "the cat");
      sampler.admit(
          List.of(
              new SampleRequest(plain, 0, 1),
              new SampleRequest(new Prompt("a", "the cat").preferring(onlyA), 0, 1)));

      List<Rollout> rollouts = drain(sampler);

      assertThat(rollouts).extracting(Rollout::prompt).containsOnly("the cat");
      assertThat(rollouts.get(0).preference()).contains(even);
      assertThat(rollouts.get(0).promptTokens())
          .isEqualTo(codec.encode(TEMPLATE.around("a a a a a b b b b b the cat", "")));
      assertThat(rollouts.get(1).preference()).contains(onlyA);
      assertThat(rollouts.get(1).promptTokens())
          .isEqualTo(codec.encode(TEMPLATE.around("a a a a a a a a a a the cat", "")));
      assertThat(sampler.rejection(plain.preferring(PromptPreference.of(Map.of("c", 1.0)))))
          .contains("'preference' names 'c', the objectives are [a, b]");
    }
  }

  private static ContinuousBatchSampler open(Path policy, int slots) {
    SamplerSettings settings = new SamplerSettings(slots, 40, RESPONSE, TEMPERATURE, TEMPLATE);
    return ContinuousBatchSampler.open(policy, settings, TorchSettings.cpu(1));
  }

  private static SampleRequest request(String prompt, int sample, long seed) {
    return new SampleRequest(new Prompt("p" + prompt.length(), prompt), sample, seed);
  }

  private static List<SampleRequest> requests(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new SampleRequest(new Prompt("p" + i, "the cat and " + "the ".repeat(i)), 0, 7 + i))
        .toList();
  }

  private static List<Rollout> drain(ContinuousBatchSampler sampler) {
    List<Rollout> finished = new ArrayList<>();
    while (sampler.activeSequences() > 0) {
      finished.addAll(sampler.step());
    }
    return finished;
  }
}
