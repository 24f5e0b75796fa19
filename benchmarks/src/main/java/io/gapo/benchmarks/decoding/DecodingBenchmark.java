package io.gapo.benchmarks.decoding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gapo.core.rollout.Rollout;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.sampling.ContinuousBatchSampler;
import io.gapo.runtime.sampling.SamplerSettings;
import io.gapo.runtime.text.PromptTemplate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Tokens a second of our sampler, of transformers' {@code generate} and of an eager loop, with the
 * same weights and prompts, by turns. Times hold everything from the prompts' texts (with PyTorch:
 * tokens) to the last response; ours records log-probabilities and makes texts besides.
 */
@Command(name = "decoding", mixinStandardHelpOptions = true)
public final class DecodingBenchmark implements Callable<Integer> {

  /** Rounds of all sides that are not counted. */
  private static final int WARM_UP_ROUNDS = 2;

  private static final int WARM_UP_TOKENS = 16;
  private static final PromptTemplate BARE = new PromptTemplate(PromptTemplate.PLACEHOLDER);

  @Option(names = "--python", required = true, description = "a Python with requirements.txt")
  private Path python = Path.of("");

  @Option(names = "--model", required = true, description = "a directory of make_models.py")
  private Path model = Path.of("");

  @Mixin private ComputeOptions compute = new ComputeOptions();

  @Option(names = "--clock", description = "of both sides: WALL (default) or PROCESSOR")
  private Clock clock = Clock.WALL;

  @Option(names = "--rounds", description = "turns of each side (default: ${DEFAULT-VALUE})")
  private int rounds = 3;

  @Option(names = "--batches", split = ",", description = "rows (default: ${DEFAULT-VALUE})")
  private List<Integer> batches = List.of(1, 16, 64);

  @Option(names = "--prompt-tokens", description = "default: ${DEFAULT-VALUE}")
  private int promptTokens = 32;

  @Option(names = "--new-tokens", description = "default: ${DEFAULT-VALUE}")
  private int newTokens = 96;

  @Option(
      names = "--compiling-rounds",
      description =
          "of ours alone before the others begin, for the JVM's compiler (default: ${DEFAULT-VALUE})")
  private int compilingRounds = 12;

  private DecodingBenchmark() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new DecodingBenchmark())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    try (PyTorchSide pytorch = PyTorchSide.start(python, model, compute.torch(), clock)) {
      JsonNode versions = pytorch.ask("hello", Map.of());
      System.out.printf(
          Locale.ROOT,
          "%n%s, %,d parameters, %s %s, %d threads, %d prompt and %d new tokens, median of %d, %s, %s clock; JDK %s,"
              + " Python %s, torch %s, transformers %s%n%n",
          model.getFileName(),
          versions.path("parameters").asLong(),
          versions.path("device").asText(),
          compute.torch().dataType(),
          versions.path("threads").asInt(),
          promptTokens,
          newTokens,
          rounds,
          LocalDate.now(ZoneOffset.UTC),
          clock,
          System.getProperty("java.version"),
          versions.path("python").asText(),
          versions.path("torch").asText(),
          versions.path("transformers").asText());
      System.out.println(
          "| batch | ours, tok/s | generate | eager loop | ours / generate | ours / eager |");
      System.out.println("|---|---|---|---|---|---|");
      List<Map<String, Object>> rows = new ArrayList<>();
      for (int batch : batches) {
        rows.add(measure(pytorch, batch));
      }
      System.out.printf(Locale.ROOT, "%nlog-probabilities, worst difference: %s%n", check(pytorch));
      System.out.println(
          new ObjectMapper()
              .writeValueAsString(
                  Map.of("model", model.toString(), "versions", versions, "rows", rows)));
    }
    return 0;
  }

  private Map<String, Object> measure(PyTorchSide pytorch, int batch) throws IOException {
    List<int[]> prompts = prompts(batch);
    List<Double> ours = new ArrayList<>();
    List<Double> generate = new ArrayList<>();
    List<Double> eager = new ArrayList<>();
    try (ContinuousBatchSampler sampler = open(batch, newTokens)) {
      for (int round = 0; round < compilingRounds; round++) {
        sample(sampler, prompts, round);
      }
      for (int round = 1 - WARM_UP_ROUNDS; round <= rounds; round++) {
        // PyTorch is warm after fewer tokens.
        int tokens = round < 1 ? WARM_UP_TOKENS : newTokens;
        double own = sample(sampler, prompts, round);
        double theirs = ask(pytorch, "generate", prompts, tokens, round);
        double byHand = ask(pytorch, "eager", prompts, tokens, round);
        if (round > 0) {
          ours.add(own);
          generate.add(theirs);
          eager.add(byHand);
        }
      }
    }
    double own = Load.median(ours);
    System.out.printf(
        Locale.ROOT,
        "| %d | %.0f | %.0f | %.0f | %.2f | %.2f |%n",
        batch,
        own,
        Load.median(generate),
        Load.median(eager),
        own / Load.median(generate),
        own / Load.median(eager));
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("batch", batch);
    row.put("ours", ours);
    row.put("generate", generate);
    row.put("eager", eager);
    return row;
  }

  private List<int[]> prompts(int count) {
    return Load.prompts(count, promptTokens, LlamaConfig.read(model).vocabulary());
  }

  private ContinuousBatchSampler open(int batch, int responseTokens) {
    SamplerSettings settings = new SamplerSettings(batch, promptTokens, responseTokens, 1, BARE);
    return ContinuousBatchSampler.open(model, settings, compute.torch());
  }

  private double sample(ContinuousBatchSampler sampler, List<int[]> prompts, long seed) {
    long start = clock.nanoTime();
    sampler.admit(Load.requests(prompts, 1, seed));
    long tokens = Load.tokens(Load.drain(sampler));
    return tokens / clock.secondsSince(start);
  }

  private static double ask(
      PyTorchSide pytorch, String how, List<int[]> prompts, int newTokens, long seed)
      throws IOException {
    JsonNode answer =
        pytorch.ask(how, Map.of("prompts", prompts, "newTokens", newTokens, "seed", seed));
    return answer.path("tokens").asDouble() / answer.path("seconds").asDouble();
  }

  /** What transformers makes of the very tokens that ours sampled. */
  private String check(PyTorchSide pytorch) throws IOException {
    List<Rollout> rollouts;
    try (ContinuousBatchSampler sampler = open(4, WARM_UP_TOKENS)) {
      sampler.admit(Load.requests(prompts(4), 1, 1));
      rollouts = Load.drain(sampler);
    }
    List<int[]> ids =
        rollouts.stream()
            .map(
                rollout ->
                    IntStream.concat(
                            IntStream.of(rollout.promptTokens()),
                            IntStream.of(rollout.responseTokens()))
                        .toArray())
            .toList();
    JsonNode answer = pytorch.ask("score", Map.of("ids", ids, "promptTokens", promptTokens));
    double worst = 0;
    for (int i = 0; i < rollouts.size(); i++) {
      float[] own = rollouts.get(i).behaviorLogProbs();
      for (int t = 0; t < own.length; t++) {
        double expected = answer.path("logProbs").path(i).path(t).asDouble();
        worst = Math.max(worst, Math.abs(own[t] - expected));
      }
    }
    return String.format(
        Locale.ROOT,
        "ours against transformers %.1e, the eager loop %.1e",
        worst,
        answer.path("eagerDifference").asDouble());
  }
}
