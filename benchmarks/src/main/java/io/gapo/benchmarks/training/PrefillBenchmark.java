package io.gapo.benchmarks.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.sampling.ContinuousBatchSampler;
import io.gapo.runtime.sampling.SamplerSettings;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How near reading whole sequences comes to the machine's peak in matrix products: the forward pass
 * that reference policy and score models make, the sampler's reading of prompts, and eager
 * PyTorch's forward pass, in turns. The peak is taken in every round, and the highest counts.
 *
 * <p>Options: {@code --model DIR --batch N --tokens N --threads N --rounds N --python EXECUTABLE},
 * with a model of make_models.py, whose words are tokens' numbers.
 */
public final class PrefillBenchmark {

  private static final String SCRIPT = "benchmarks/python/training_step.py";
  private static final int MATRIX = 1536;
  private static final PromptTemplate BARE = new PromptTemplate(PromptTemplate.PLACEHOLDER);

  private final Path model;
  private final RandomBatch batch;
  private final int length;
  private final TorchSettings torch;

  private PrefillBenchmark(Path model, int sequences, int length, int threads) {
    int vocabulary = LlamaConfig.read(model).vocabulary();
    this.model = model;
    this.batch = RandomBatch.of(sequences, length - 1, 1, false, vocabulary, 1);
    this.length = length;
    this.torch = TorchSettings.cpu(threads);
  }

  public static void main(String[] arguments) throws IOException {
    Options options =
        Options.of(arguments, List.of("model", "batch", "tokens", "threads", "rounds", "python"));
    new PrefillBenchmark(
            options.path("model", ""),
            options.number("batch", 16),
            options.number("tokens", 128),
            options.number("threads", 2))
        .run(options.text("python", "python3"), options.number("rounds", 7));
  }

  private interface Reading {
    double seconds() throws IOException;
  }

  /**
   * What reads the batch.
   *
   * @param operations of its matrix products
   * @param once reads once; the seconds that it took
   */
  private record Side(String name, double operations, Reading once) {}

  private void run(String python, int rounds) throws IOException {
    Path file = Files.createTempFile("gapo-batch", ".json");
    batch.write(file, 0, 1, 0.2);
    List<String> command =
        List.of(
            "--kind", "eager",
            "--model", model.toString(),
            "--batch", file.toString(),
            "--threads", Integer.toString(torch.threads()));
    try (PythonSide eager = PythonSide.start(python, SCRIPT, command);
        TorchRuntime runtime = TorchRuntime.start(torch);
        LlamaWeights weights = LlamaWeights.load(runtime, model);
        LlamaProgram program = new LlamaProgram(runtime, weights.config());
        NDManager memory = runtime.newManager();
        ContinuousBatchSampler sampler = sampler()) {
      NDArray ids = ids(memory);
      List<SampleRequest> requests = requests();
      MatrixWork work = new MatrixWork(weights.config());
      double trunk = work.trunk(batch.tokens());
      report(
          List.of(
              new Side("eager, forward", trunk, () -> seconds(eager.ask("prefill"))),
              new Side("ours, forward", trunk, () -> forward(memory, program, weights, ids)),
              new Side(
                  "ours, into the sampler's cache",
                  work.cache(batch.tokens()),
                  () -> admit(sampler, requests))),
          eager,
          rounds);
    } finally {
      Files.delete(file);
    }
  }

  private ContinuousBatchSampler sampler() {
    return ContinuousBatchSampler.open(
        model, new SamplerSettings(batch.rollouts().size(), length + 1, 1, 1, BARE), torch);
  }

  /** Prompts of the batch's tokens and one more, which is not read but decoded. */
  private List<SampleRequest> requests() {
    return batch.rollouts().stream()
        .map(
            rollout -> {
              String words =
                  tokens(rollout).mapToObj(Integer::toString).collect(Collectors.joining(" "));
              return SampleRequest.of(new Prompt(rollout.id().toString(), words + " 0"), 0, 1);
            })
        .toList();
  }

  private NDArray ids(NDManager owner) {
    long[] ids =
        batch.rollouts().stream().flatMapToInt(PrefillBenchmark::tokens).asLongStream().toArray();
    return owner.create(ids, new Shape(batch.rollouts().size(), length));
  }

  private static IntStream tokens(Rollout rollout) {
    return IntStream.concat(
        Arrays.stream(rollout.promptTokens()), Arrays.stream(rollout.responseTokens()));
  }

  private static double forward(
      NDManager memory, LlamaProgram program, LlamaWeights weights, NDArray ids) {
    long start = System.nanoTime();
    try (NDManager step = memory.newSubManager()) {
      GradMode.notRecording(() -> program.hidden(step, weights, ids));
    }
    return (System.nanoTime() - start) * 1e-9;
  }

  private static double admit(ContinuousBatchSampler sampler, List<SampleRequest> requests) {
    long start = System.nanoTime();
    sampler.admit(requests);
    double seconds = (System.nanoTime() - start) * 1e-9;
    while (sampler.activeSequences() > 0) {
      sampler.step();
    }
    return seconds;
  }

  private static double seconds(JsonNode answer) {
    return answer.get("seconds").doubleValue();
  }

  /** Medians over rounds in which each side reads once; two rounds warm up. */
  private void report(List<Side> sides, PythonSide python, int rounds) throws IOException {
    Map<Side, List<Double>> seconds = new LinkedHashMap<>();
    List<Double> peaks = new ArrayList<>();
    for (int round = -2; round < rounds; round++) {
      double peak = python.ask("gemm " + MATRIX).get("flops").doubleValue();
      peaks.add(peak);
      for (Side side : sides) {
        double taken = side.once().seconds();
        if (round >= 0) {
          seconds.computeIfAbsent(side, each -> new ArrayList<>()).add(taken);
        }
      }
    }
    double peak = Collections.max(peaks);
    Figures figures = new Figures("prefill", "side", "ms", "tokens/s", "GFLOP/s", "of peak");
    figures.note("model", model);
    figures.note(
        "sequences, tokens, threads",
        List.of(batch.rollouts().size(), batch.tokens(), torch.threads()));
    figures.note("PyTorch", python.versions());
    figures.note(
        "peak GFLOP/s, product of %s, highest and median".formatted(MATRIX),
        List.of(peak / 1e9, Figures.median(peaks) / 1e9));
    seconds.forEach(
        (side, all) -> {
          double median = Figures.median(all);
          double rate = side.operations() / median;
          figures.row(side.name(), 1e3 * median, batch.tokens() / median, rate / 1e9, rate / peak);
        });
    figures.print();
  }
}
