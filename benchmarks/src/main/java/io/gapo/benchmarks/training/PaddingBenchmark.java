package io.gapo.benchmarks.training;

import io.gapo.core.rollout.Rollout;
import io.gapo.runtime.gradients.PackedRollouts;
import io.gapo.runtime.gradients.PpoSettings;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How many of the tokens that the learner computes are padding: in batches that the demo samples
 * while it trains, and in random ones of mixed lengths.
 *
 * <p>Options: {@code --steps N --threads N}.
 */
public final class PaddingBenchmark {

  private static final int MICRO_BATCH_TOKENS =
      PpoSettings.of(List.of("any")).memory().microBatchTokens();

  private final Figures figures =
      new Figures(
          "padding",
          "batches",
          "rollouts a batch",
          "tokens a rollout",
          "shortest, longest",
          "packs a batch",
          "padding",
          "in the worst batch",
          "if one matrix held all");

  private PaddingBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    Options options = Options.of(arguments, List.of("steps", "threads"));
    PaddingBenchmark benchmark = new PaddingBenchmark();
    benchmark.figures.note("tokens a pack, at most", MICRO_BATCH_TOKENS);
    benchmark.add(
        "demo",
        ofDemo(options.number("steps", 20), TorchSettings.cpu(options.number("threads", 1))));
    benchmark.add("mixed, 32 + 24 to 96", mixed(32, 32, 96));
    benchmark.add("mixed, 64 + 128 to 512", mixed(64, 64, 512));
    benchmark.figures.print();
  }

  private static List<List<Rollout>> ofDemo(int steps, TorchSettings torch) throws IOException {
    List<List<Rollout>> batches = new ArrayList<>();
    try (DirectLoop loop = DirectLoop.ofDemo(torch)) {
      for (int i = 0; i < steps; i++) {
        batches.add(loop.step());
      }
    }
    return batches;
  }

  private static List<List<Rollout>> mixed(int rollouts, int prompt, int response) {
    return IntStream.range(0, 20)
        .mapToObj(seed -> RandomBatch.of(rollouts, prompt, response, true, 1024, seed).rollouts())
        .toList();
  }

  private void add(String name, List<List<Rollout>> batches) {
    long packs = 0;
    long computed = 0;
    long together = 0;
    double worst = 0;
    for (List<Rollout> batch : batches) {
      List<PackedRollouts> packed = PackedRollouts.pack(batch, MICRO_BATCH_TOKENS);
      long ofBatch = packed.stream().mapToLong(pack -> pack.tokens().length).sum();
      IntSummaryStatistics lengths = lengths(Stream.of(batch));
      packs += packed.size();
      computed += ofBatch;
      together += (long) batch.size() * lengths.getMax();
      worst = Math.max(worst, 1 - (double) lengths.getSum() / ofBatch);
    }
    IntSummaryStatistics all = lengths(batches.stream());
    double count = batches.size();
    figures.row(
        name,
        all.getCount() / count,
        all.getAverage(),
        all.getMin() + ", " + all.getMax(),
        packs / count,
        1 - (double) all.getSum() / computed,
        worst,
        1 - (double) all.getSum() / together);
  }

  private static IntSummaryStatistics lengths(Stream<List<Rollout>> batches) {
    return batches.flatMap(List::stream).mapToInt(PackedRollouts::length).summaryStatistics();
  }
}
