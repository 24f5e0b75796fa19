package io.gapo.benchmarks.training;

import com.fasterxml.jackson.databind.JsonNode;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One PPO step (forward of policy and reference, losses, backward, AdamW) here and in eager
 * PyTorch, in turns: same weights, batch, threads and machine. Then the same step here with two and
 * five objectives.
 *
 * <p>Options: {@code --model DIR --batch N --prompt TOKENS --response TOKENS --lengths equal|mixed
 * --threads N --device cpu|cuda --lora RANK --rounds N --objectives 1,2,5 --python EXECUTABLE
 * --kinds eager,transformers}. With {@code --lora} an adapter is trained instead of the whole
 * policy; on the other side only {@code transformers} can, with PEFT, and is all that {@code
 * --kinds} then names unless told otherwise.
 */
public final class TrainingStepBenchmark {

  private static final String SCRIPT = "benchmarks/python/training_step.py";
  private static final int MATRIX = 1536;

  private TrainingStepBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    Options options =
        Options.of(
            arguments,
            List.of(
                "model",
                "batch",
                "prompt",
                "response",
                "lengths",
                "threads",
                "device",
                "lora",
                "rounds",
                "objectives",
                "python",
                "kinds"));
    Path model = options.path("model", "demo/policy");
    LlamaConfig config = LlamaConfig.read(model);
    RandomBatch batch =
        RandomBatch.of(
            options.number("batch", 8),
            options.number("prompt", 32),
            options.number("response", 96),
            options.text("lengths", "equal").equals("mixed"),
            config.vocabulary(),
            1);
    TorchSettings torch =
        new TorchSettings(
            options.text("device", "cpu"), DataType.F32, options.number("threads", 2));
    Figures figures =
        new Figures(
            "training step",
            "side",
            "ms a step",
            "tokens/s",
            "ratio to the first",
            "of each round",
            "GFLOP/s",
            "of peak",
            "first loss",
            "parts, ms");
    figures.note("model", model);
    figures.note(
        "rollouts, tokens, threads",
        List.of(batch.rollouts().size(), batch.tokens(), torch.threads()));
    measure(options, model, config, batch, torch, figures);
    figures.print();
  }

  /** What can take a step: its answer has {@code seconds} and the seconds of its parts. */
  private interface Side {
    Map<String, Double> step() throws IOException;
  }

  private static void measure(
      Options options,
      Path model,
      LlamaConfig config,
      RandomBatch batch,
      TorchSettings torch,
      Figures figures)
      throws IOException {
    int rank = options.number("lora", 0);
    Path file = Files.createTempFile("gapo-batch", ".json");
    batch.write(file, 0.02, 0.95, 0.2);
    Map<String, Side> sides = new LinkedHashMap<>();
    Map<String, Double> firstLosses = new LinkedHashMap<>();
    List<AutoCloseable> open = new ArrayList<>();
    double peak = 0;
    try {
      for (String kind :
          list(options.text("kinds", rank > 0 ? "transformers" : "eager,transformers"))) {
        PythonSide python =
            PythonSide.start(
                options.text("python", "python3"),
                SCRIPT,
                List.of(
                    "--kind",
                    kind,
                    "--model",
                    model.toString(),
                    "--batch",
                    file.toString(),
                    "--threads",
                    Integer.toString(torch.threads()),
                    "--device",
                    torch.device(),
                    "--lora",
                    Integer.toString(rank),
                    "--rate",
                    Double.toString(JavaStep.LEARNING_RATE)));
        open.add(python);
        figures.note(kind, python.versions());
        peak = Math.max(peak, python.ask("gemm " + MATRIX).get("flops").doubleValue());
        sides.put(kind, () -> seconds(python.ask("step"), kind, firstLosses));
      }
      for (String count : list(options.text("objectives", "1,2,5"))) {
        JavaStep step = new JavaStep(model, batch, Integer.parseInt(count), rank, torch);
        open.add(step);
        String name = "java M=" + count;
        sides.put(
            name,
            () -> {
              Map<String, Double> seconds = step.step();
              firstLosses.putIfAbsent(name, step.loss());
              return seconds;
            });
      }
      figures.note("peak GFLOP/s, product of %s".formatted(MATRIX), peak / 1e9);
      report(
          alternate(sides, options.number("rounds", 5)),
          firstLosses,
          work(config, batch, rank),
          peak,
          batch,
          figures);
    } finally {
      for (AutoCloseable each : open) {
        close(each);
      }
      Files.delete(file);
    }
  }

  private static Map<String, Double> seconds(
      JsonNode answer, String kind, Map<String, Double> firstLosses) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    answer.properties().forEach(f -> seconds.put(f.getKey(), f.getValue().doubleValue()));
    firstLosses.putIfAbsent(kind, seconds.remove("loss"));
    return seconds;
  }

  /**
   * Seconds of every side's parts, by round; each side takes one step a round, and two rounds warm
   * up.
   */
  private static Map<String, List<Map<String, Double>>> alternate(
      Map<String, Side> sides, int rounds) throws IOException {
    Map<String, List<Map<String, Double>>> all = new LinkedHashMap<>();
    for (int round = -2; round < rounds; round++) {
      for (Map.Entry<String, Side> side : sides.entrySet()) {
        Map<String, Double> parts = side.getValue().step();
        if (round >= 0) {
          all.computeIfAbsent(side.getKey(), name -> new ArrayList<>()).add(parts);
        }
      }
    }
    return all;
  }

  private static Map<String, Double> medians(List<Map<String, Double>> rounds) {
    Map<String, Double> medians = new LinkedHashMap<>();
    for (String part : rounds.get(0).keySet()) {
      medians.put(
          part,
          Figures.median(rounds.stream().map(round -> round.getOrDefault(part, 0.0)).toList()));
    }
    return medians;
  }

  /**
   * How much longer a side's steps take than another's of the same rounds: a machine's speed moves
   * from minute to minute, and within a round less.
   */
  private static List<Double> ratios(
      List<Map<String, Double>> side, List<Map<String, Double>> other) {
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < side.size(); round++) {
      ratios.add(
          side.get(round).getOrDefault("seconds", Double.NaN)
              / other.get(round).getOrDefault("seconds", Double.NaN));
    }
    return ratios.stream().sorted().toList();
  }

  /**
   * Operations of the step's matrix products: the policy's forward and the reference's; backward as
   * much again for the gradients of activations, and again for those of weights. Beside an adapter
   * the weights are frozen and have none; its own products are neglected. The head sees response
   * tokens only.
   */
  private static double work(LlamaConfig config, RandomBatch batch, int rank) {
    MatrixWork work = new MatrixWork(config);
    int forwards = rank > 0 ? 3 : 4;
    return forwards * (work.trunk(batch.tokens()) + work.head(batch.responseTokens()));
  }

  private static void report(
      Map<String, List<Map<String, Double>>> rounds,
      Map<String, Double> firstLosses,
      double work,
      double peak,
      RandomBatch batch,
      Figures figures) {
    List<Map<String, Double>> first = rounds.values().iterator().next();
    rounds.forEach(
        (side, steps) -> {
          Map<String, Double> parts = medians(steps);
          double seconds = parts.getOrDefault("seconds", Double.NaN);
          List<Double> ratios = ratios(steps, first);
          List<String> shown =
              parts.entrySet().stream()
                  .filter(part -> !part.getKey().equals("seconds"))
                  .map(
                      part ->
                          String.format(
                              Locale.ROOT, "%s %.0f", part.getKey(), 1e3 * part.getValue()))
                  .toList();
          figures.row(
              side,
              1e3 * seconds,
              batch.tokens() / seconds,
              Figures.median(ratios),
              String.format(
                  Locale.ROOT, "%.2f to %.2f", ratios.get(0), ratios.get(ratios.size() - 1)),
              work / seconds / 1e9,
              work / seconds / peak,
              firstLosses.getOrDefault(side, Double.NaN),
              String.join(", ", shown));
        });
  }

  private static List<String> list(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(","));
  }

  private static void close(AutoCloseable each) throws IOException {
    try {
      each.close();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
