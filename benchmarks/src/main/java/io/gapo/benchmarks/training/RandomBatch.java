package io.gapo.benchmarks.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Rollouts of random tokens, for Java and Python alike.
 *
 * @param rollouts without scores
 */
record RandomBatch(List<Rollout> rollouts) {

  private static final int SAMPLES = 4;

  /**
   * A batch; its behavior log-probabilities are near those of a policy that knows nothing.
   *
   * @param mixed whether responses have from a quarter of the length to all of it
   */
  static RandomBatch of(
      int count, int prompt, int response, boolean mixed, int vocabulary, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Rollout> rollouts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = mixed ? random.nextInt(response / 4, response + 1) : response;
      float[] behavior = new float[length];
      for (int t = 0; t < length; t++) {
        behavior[t] = (float) (-Math.log(vocabulary) + 0.1 * random.nextGaussian());
      }
      rollouts.add(
          new Rollout(
              "p" + i / SAMPLES,
              i % SAMPLES,
              "prompt",
              "response",
              random.ints(prompt, 0, vocabulary).toArray(),
              random.ints(length, 0, vocabulary).toArray(),
              behavior,
              new long[length],
              FinishReason.LENGTH,
              1));
    }
    return new RandomBatch(rollouts);
  }

  /** With normally distributed scores; the first objective's are the same for any M. */
  List<ScoredRollout> scored(int objectives) {
    List<ScoredRollout> scored = new ArrayList<>();
    for (int i = 0; i < rollouts.size(); i++) {
      SplittableRandom random = new SplittableRandom(1000 + i);
      double[] scores = new double[objectives];
      for (int m = 0; m < objectives; m++) {
        scores[m] = random.nextGaussian();
      }
      scored.add(new ScoredRollout(rollouts.get(i), scores));
    }
    return scored;
  }

  long tokens() {
    return rollouts.stream()
        .mapToLong(r -> r.promptTokens().length + r.responseTokens().length)
        .sum();
  }

  long responseTokens() {
    return rollouts.stream().mapToLong(r -> r.responseTokens().length).sum();
  }

  /** The Python side's batch, with the first objective's scores. */
  void write(Path file, double kl, double lambda, double clip) throws IOException {
    new ObjectMapper()
        .writeValue(
            file.toFile(),
            Map.of(
                "prompts", rollouts.stream().map(Rollout::promptTokens).toList(),
                "responses", rollouts.stream().map(Rollout::responseTokens).toList(),
                "behavior", rollouts.stream().map(Rollout::behaviorLogProbs).toList(),
                "scores", scored(1).stream().map(each -> each.scores()[0]).toList(),
                "kl", kl,
                "lambda", lambda,
                "clip", clip));
  }
}
