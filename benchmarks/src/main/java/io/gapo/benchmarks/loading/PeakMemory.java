package io.gapo.benchmarks.loading;

import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Loads a checkpoint of several gigabytes with a small Java heap, and prints what the process took
 * at most: {@code write DIR}, then, in a JVM of its own, {@code load DIR TYPE}.
 */
public final class PeakMemory {

  private static final List<String> KINDS = List.of("VmRSS", "RssAnon", "RssFile");
  private static final int LOOK_EVERY_MILLISECONDS = 10;

  private final Map<String, Long> highest = new HashMap<>();

  private PeakMemory() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[1]);
    if (arguments[0].equals("write")) {
      System.out.printf(
          Locale.ROOT, "tensors: %.2f GB%n", SyntheticCheckpoint.write(directory) / 1e9);
    } else {
      new PeakMemory().load(directory, DataType.valueOf(arguments[2]));
    }
  }

  private void load(Path directory, DataType type) throws Exception {
    ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
    try (TorchRuntime runtime = TorchRuntime.start(new TorchSettings("cpu", type, 1))) {
      print("before", status());
      ScheduledFuture<?> looking =
          watch.scheduleAtFixedRate(this::look, 0, LOOK_EVERY_MILLISECONDS, TimeUnit.MILLISECONDS);
      long start = System.nanoTime();
      try (LlamaWeights weights = LlamaWeights.load(runtime, directory)) {
        double seconds = (System.nanoTime() - start) / 1e9;
        long elements =
            weights.tensors().stream().mapToLong(tensor -> tensor.getShape().size()).sum();
        System.out.printf(
            Locale.ROOT,
            "%d tensors as %s: %.2f GB in %.1f s; Java heap at most %d MiB%n",
            weights.names().size(),
            type,
            (double) elements * type.bytes() / 1e9,
            seconds,
            Runtime.getRuntime().maxMemory() >> 20);
        print("loaded", status());
        looking.cancel(false);
      }
    } finally {
      watch.shutdown();
      watch.awaitTermination(1, TimeUnit.MINUTES);
    }
    print("at most", highest);
    System.out.printf(Locale.ROOT, "VmHWM: %.2f GB%n", of(status(), "VmHWM") / 1e9);
  }

  private static void print(String when, Map<String, Long> bytes) {
    StringBuilder line = new StringBuilder(when).append(':');
    for (String kind : KINDS) {
      line.append(String.format(Locale.ROOT, " %s %.2f GB", kind, of(bytes, kind) / 1e9));
    }
    System.out.println(line);
  }

  private static long of(Map<String, Long> bytes, String kind) {
    return Objects.requireNonNull(bytes.get(kind), kind);
  }

  private void look() {
    status().forEach((kind, bytes) -> highest.merge(kind, bytes, Math::max));
  }

  /** In bytes, by the kernel's names. */
  private static Map<String, Long> status() {
    Map<String, Long> status = new HashMap<>();
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.endsWith(" kB")) {
          String[] parts = line.split(":", 2);
          status.put(parts[0], Long.parseLong(parts[1].replaceAll("\\D", "")) << 10);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return status;
  }
}
