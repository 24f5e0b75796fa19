package io.gapo.benchmarks.training;

import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains for many steps and prints the process's resident memory now and then: it must not grow.
 *
 * <p>Options: {@code --model DIR --steps N --every N --batch N --threads N}.
 */
public final class MemorySoak {

  private MemorySoak() {}

  public static void main(String[] arguments) throws IOException {
    Options options = Options.of(arguments, List.of("model", "steps", "every", "batch", "threads"));
    RandomBatch batch =
        RandomBatch.of(options.number("batch", 4), 8, 24, true, /* vocabulary= */ 1024, 1);
    Figures figures = new Figures("resident memory", "step", "RSS, MiB", "Java heap, MiB");
    Path model = options.path("model", "demo/policy");
    figures.note("model, rollouts", List.of(model.toString(), batch.rollouts().size()));
    try (JavaStep step =
        new JavaStep(model, batch, 2, TorchSettings.cpu(options.number("threads", 1)))) {
      for (int i = 1; i <= options.number("steps", 2000); i++) {
        step.step();
        if (i % options.number("every", 100) == 0) {
          Runtime heap = Runtime.getRuntime();
          figures.row(i, residentMebibytes(), (heap.totalMemory() - heap.freeMemory()) >> 20);
        }
      }
    }
    figures.print();
  }

  private static long residentMebibytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) >> 10;
      }
    }
    throw new IOException("/proc/self/status does not say VmRSS");
  }
}
