package io.gapo.runtime.sampling;

import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.ParityFixture;
import io.gapo.runtime.torch.TorchRuntime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Decodes a fixture's prompt in the second of two rows, beside a shorter one, so that rows of the
 * cache have positions of their own.
 *
 * @param weights stay their owner's
 */
record FixtureDecoding(int[] prompt, LlamaWeights weights) {

  private static final int[] OTHER = {5, 6, 7};

  /** A response and its log-probabilities. */
  record Decoded(int[] tokens, float[] logProbs) {}

  static FixtureDecoding of(ParityFixture fixture, LlamaWeights weights) {
    return new FixtureDecoding(fixture.expectedIntegers("prompt"), weights);
  }

  /**
   * Samples a token for each number.
   *
   * @param forced what stands in the text after each step, whatever was sampled
   */
  Decoded decode(
      TorchRuntime runtime, float[] uniforms, double temperature, Optional<int[]> forced) {
    try (DecodeBatch batch =
        new DecodeBatch(runtime, weights, 3, prompt.length + uniforms.length, temperature)) {
      batch.prefill(List.of(withoutLast(OTHER), withoutLast(prompt)), new int[] {0, 1}, 0);
      int[] newest = {OTHER[OTHER.length - 1], prompt[prompt.length - 1]};
      int[] tokens = new int[uniforms.length];
      float[] logProbs = new float[uniforms.length];
      for (int i = 0; i < uniforms.length; i++) {
        int[] positions = {OTHER.length - 1 + i, prompt.length - 1 + i};
        DecodeBatch.Sampled sampled =
            batch.decode(newest, positions, new float[] {0.5f, uniforms[i]});
        newest = sampled.tokens();
        tokens[i] = newest[1];
        logProbs[i] = sampled.logProbs()[1];
        if (forced.isPresent()) {
          newest[1] = forced.get()[i];
        }
      }
      return new Decoded(tokens, logProbs);
    }
  }

  private static int[] withoutLast(int[] prompt) {
    return Arrays.copyOf(prompt, prompt.length - 1);
  }
}
