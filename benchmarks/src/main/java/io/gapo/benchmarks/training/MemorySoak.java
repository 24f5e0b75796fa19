package io.gapo.benchmarks.training;

import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains for many steps and prints the process's resident memory now and then, and whose it is:
 * what libtorch has must not grow.
 *
 * <p>Options: {@code --model DIR --steps N --every N --batch N --threads N}. Needs {@code
 * -XX:NativeMemoryTracking=summary}, {@code -XX:+AlwaysPreTouch} and {@code -Xms} as high as {@code
 * -Xmx}.
 */
public final class MemorySoak {

  private MemorySoak() {}

  public static void main(String[] arguments) throws IOException {
    Options options = Options.of(arguments, List.of("model", "steps", "every", "batch", "threads"));
    RandomBatch batch =
        RandomBatch.of(options.number("batch", 4), 8, 24, true, /* vocabulary= */ 1024, 1);
    Figures figures =
        new Figures(
            "resident memory, KiB",
            "step",
            "resident",
            "Java heap",
            "classes and compiled code",
            "malloc: JVM",
            "malloc: libtorch",
            "malloc: free",
            "rest");
    Path model = options.path("model", "demo/policy");
    figures.note("model, rollouts", List.of(model.toString(), batch.rollouts().size()));
    // Says now, and not after the first hundred steps, if the JVM lacks an option.
    ResidentMemory.now();
    try (JavaStep step =
        new JavaStep(model, batch, 2, 0, TorchSettings.cpu(options.number("threads", 1)))) {
      for (int i = 1; i <= options.number("steps", 2000); i++) {
        step.step();
        if (i % options.number("every", 100) == 0) {
          ResidentMemory memory = ResidentMemory.now();
          figures.row(
              i,
              memory.total(),
              memory.heap(),
              memory.code(),
              memory.jvm(),
              memory.others(),
              memory.free(),
              memory.rest());
        }
      }
    }
    figures.print();
  }
}
