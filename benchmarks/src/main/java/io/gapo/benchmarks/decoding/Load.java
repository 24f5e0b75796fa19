package io.gapo.benchmarks.decoding;

import io.gapo.core.port.PolicySampler;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Prompts of random tokens for the models of make_models.py, whose words are tokens' numbers. */
final class Load {

  private static final int SEED = 11;

  private Load() {}

  /** Prompts of {@code length} tokens below {@code vocabulary}, the same at every call. */
  static List<int[]> prompts(int count, int length, int vocabulary) {
    SplittableRandom random = new SplittableRandom(SEED);
    return IntStream.range(0, count)
        .mapToObj(i -> random.ints(length, 0, vocabulary).toArray())
        .toList();
  }

  /** {@code samples} requests for each prompt. */
  static List<SampleRequest> requests(List<int[]> prompts, int samples, long seed) {
    List<SampleRequest> requests = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      String text =
          Arrays.stream(prompts.get(i)).mapToObj(String::valueOf).collect(Collectors.joining(" "));
      Prompt prompt = new Prompt("p" + i, text);
      for (int k = 0; k < samples; k++) {
        requests.add(SampleRequest.of(prompt, k, seed));
      }
    }
    return requests;
  }

  /** Samples until nothing is left. */
  static List<Rollout> drain(PolicySampler sampler) {
    List<Rollout> finished = new ArrayList<>();
    while (sampler.activeSequences() > 0) {
      finished.addAll(sampler.step());
    }
    return finished;
  }

  static long tokens(List<Rollout> rollouts) {
    return rollouts.stream().mapToLong(rollout -> rollout.responseTokens().length).sum();
  }

  /** The middle one; of an even number the mean of the two in the middle. */
  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int n = sorted.size();
    return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }
}
