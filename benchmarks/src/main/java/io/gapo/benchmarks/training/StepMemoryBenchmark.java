package io.gapo.benchmarks.training;

import io.gapo.runtime.gradients.StepMemory;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The most memory that a training step takes, and its time: one line for one setting, since a
 * process's peak never falls.
 *
 * <p>Options: {@code --model DIRECTORY --rank N --objectives M --batch N --prompt TOKENS --response
 * TOKENS --micro-batch TOKENS --graph-memory MIB --rounds N --threads N}.
 */
public final class StepMemoryBenchmark {

  private static final long SEED = 1;

  private StepMemoryBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    Options options =
        Options.of(
            arguments,
            List.of(
                "model",
                "rank",
                "objectives",
                "batch",
                "prompt",
                "response",
                "micro-batch",
                "graph-memory",
                "rounds",
                "threads"));
    Path model = options.path("model", "/tmp/models/125m");
    int microBatch = options.number("micro-batch", 8192);
    long graphMiB = options.number("graph-memory", 4096);
    int rank = options.number("rank", 0);
    RandomBatch batch =
        RandomBatch.of(
            options.number("batch", 64),
            options.number("prompt", 512),
            options.number("response", 512),
            false,
            LlamaConfig.read(model).vocabulary(),
            SEED);
    try (JavaStep step =
        new JavaStep(
            model,
            batch,
            options.number("objectives", 3),
            rank,
            new StepMemory(microBatch, graphMiB << 20),
            TorchSettings.cpu(options.number("threads", 2)))) {
      long before = status("VmRSS");
      Map<String, Double> seconds = Map.of();
      for (int round = 0; round < options.number("rounds", 2); round++) {
        seconds = step.step();
      }
      System.out.printf(
          Locale.ROOT,
          "rank %d, %d tokens, micro-batch %d, graph memory %d MiB: peak %d MiB, before the step %d; %.1f s, of which measure %.1f, backward %.1f, apply %.1f; loss %.9f%n",
          rank,
          batch.tokens(),
          microBatch,
          graphMiB,
          status("VmHWM"),
          before,
          seconds.get("seconds"),
          seconds.get("measure"),
          seconds.get("backward"),
          seconds.get("apply"),
          step.loss());
    }
  }

  /** A field of this process's status, in MiB. */
  private static long status(String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith(field + ":")) {
        return Long.parseLong(line.replaceAll("\\D", "")) >> 10;
      }
    }
    throw new IOException("/proc/self/status does not say " + field);
  }
}
