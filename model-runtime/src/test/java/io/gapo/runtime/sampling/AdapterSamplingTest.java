package io.gapo.runtime.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.Parity;
import io.gapo.runtime.llama.ParityFixture;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.LoraAdapter;
import io.gapo.runtime.lora.LoraMerge;
import io.gapo.runtime.lora.PeftAdapter;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sampler merges adapters, the learner computes beside the model: both say the same. */
class AdapterSamplingTest {

  private static final double TOLERANCE = 1e-4;

  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  @ParameterizedTest
  @CsvSource({"llama3, llama3-lora", "qwen2, qwen2-lora"})
  void samplesWithAnAdapterWhatPeftSamplesAndTheLearnerReckonsWith(String base, String name) {
    ParityFixture fixture = ParityFixture.ofAdapter(name);
    FixtureDecoding.Decoded sampled = sampled(base, fixture);

    assertThat(sampled.tokens()).containsExactly(fixture.expectedIntegers("sampled.tokens"));
    double toPeft = Parity.difference(sampled.logProbs(), fixture.expected("sampled.log_probs"));
    double toLearner =
        Parity.difference(sampled.logProbs(), ofLearner(base, fixture, sampled.tokens()));
    System.out.printf(
        "| %s, log-probabilities | to peft %.1e | to the learner %.1e |%n",
        name, toPeft, toLearner);
    assertThat(toPeft).isLessThan(TOLERANCE);
    assertThat(toLearner).isLessThan(TOLERANCE);
  }

  private static FixtureDecoding.Decoded sampled(String base, ParityFixture fixture) {
    try (LlamaWeights weights = LlamaWeights.load(runtime, ParityFixture.named(base).directory())) {
      PeftAdapter adapter = PeftAdapter.read(fixture.directory(), weights.config());
      try (LoraMerge merge = new LoraMerge(runtime, weights, adapter.settings())) {
        merge.adopt(adapter.tensors());
        return FixtureDecoding.of(fixture, weights)
            .decode(runtime, fixture.expected("sampled.uniforms"), 1, Optional.empty());
      }
    }
  }

  /** Log-probabilities of a response under the model with the adapter beside it. */
  private static float[] ofLearner(String base, ParityFixture fixture, int[] response) {
    int[] prompt = fixture.expectedIntegers("prompt");
    long[] text =
        IntStream.concat(IntStream.of(prompt), IntStream.of(response)).asLongStream().toArray();
    try (LlamaWeights weights = LlamaWeights.load(runtime, ParityFixture.named(base).directory());
        LlamaProgram program = new LlamaProgram(runtime, weights.config());
        LoraAdapter adapter =
            LoraAdapter.open(
                runtime, weights.config(), new AdapterSource.Saved(fixture.directory()));
        NDManager step = runtime.newManager()) {
      NDArray ids = step.create(text, new Shape(1, text.length));
      NDArray logProbs =
          GradMode.notRecording(
              () ->
                  program
                      .logits(step, weights, program.hidden(step, weights, adapter.terms(), ids))
                      .logSoftmax(-1));
      float[] all = logProbs.toFloatArray();
      int vocabulary = all.length / text.length;
      float[] ofResponse = new float[response.length];
      for (int i = 0; i < response.length; i++) {
        ofResponse[i] = all[(prompt.length - 1 + i) * vocabulary + response[i]];
      }
      return ofResponse;
    }
  }
}
