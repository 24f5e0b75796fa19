package io.gapo.benchmarks.decoding;

import com.fasterxml.jackson.databind.JsonNode;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.SampleRequest;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.sampling.ContinuousBatchSampler;
import io.gapo.runtime.sampling.SamplerSettings;
import io.gapo.runtime.text.PromptTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What it brings that sequences come and go: responses of many lengths with free places filled at
 * once, or only when the whole batch has ended; weights adopted on the way; prompts read once for
 * several samples; and the process's memory over thousands of steps.
 */
@Command(name = "batching", mixinStandardHelpOptions = true)
public final class BatchingBenchmark implements Callable<Integer> {

  private static final PromptTemplate BARE = new PromptTemplate(PromptTemplate.PLACEHOLDER);
  private static final String ENDING = "-ending";
  private static final int PROMPT = 32;
  private static final int LONG_PROMPT = 256;
  private static final int SWAP_EVERY = 8;
  private static final int NEVER = Integer.MAX_VALUE;

  @Option(names = "--model", required = true, description = "NAME-ending of make_models.py")
  private Path model = Path.of("");

  @Option(names = "--python", description = "a Python with requirements.txt, for generate's turn")
  private @Nullable Path python;

  @Mixin private ComputeOptions compute = new ComputeOptions();

  @Option(names = "--clock", description = "WALL (default) or PROCESSOR")
  private Clock clock = Clock.WALL;

  @Option(names = "--slots", description = "default: ${DEFAULT-VALUE}")
  private int slots = 64;

  @Option(names = "--prompts", description = "default: ${DEFAULT-VALUE}")
  private int promptCount = 128;

  @Option(names = "--samples", description = "of each prompt (default: ${DEFAULT-VALUE})")
  private int samples = 4;

  @Option(names = "--longest", description = "response tokens (default: ${DEFAULT-VALUE})")
  private int longest = 256;

  @Option(names = "--rounds", description = "default: ${DEFAULT-VALUE}")
  private int rounds = 3;

  @Option(names = "--soak", description = "steps of the memory check (default: ${DEFAULT-VALUE})")
  private int soakSteps = 2000;

  private BatchingBenchmark() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new BatchingBenchmark())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(arguments));
  }

  /** What one pass over the load took. */
  private record Pass(long tokens, int steps, double seconds) {

    double tokensPerSecond() {
      return tokens / seconds;
    }
  }

  @Override
  public Integer call() throws IOException {
    List<int[]> prompts = Load.prompts(promptCount, PROMPT, LlamaConfig.read(model).vocabulary());
    List<SampleRequest> load = Load.requests(prompts, samples, 1);
    PolicySnapshot weights =
        new PolicySnapshot(
            PolicyVersion.INITIAL, 0, SafetensorsFile.readAll(model.resolve("model.safetensors")));
    try (ContinuousBatchSampler sampler = open(slots, PROMPT, longest)) {
      run(sampler, load, samples, NEVER, weights);
      List<int[]> batches = lengthsByBatch(sampler, load);
      List<Pass> continuous = new ArrayList<>();
      List<Pass> fixed = new ArrayList<>();
      List<Pass> carrying = new ArrayList<>();
      List<Pass> swapping = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        continuous.add(run(sampler, load, samples, NEVER, weights));
        fixed.add(run(sampler, load, slots, NEVER, weights));
        carrying.add(carry(load, batches));
        swapping.add(run(sampler, load, samples, SWAP_EVERY, weights));
      }
      System.out.printf(
          Locale.ROOT,
          "%n%s: %d responses, %d slots, %s%n%n| | tok/s | steps | rows a step |%n|---|---|---|---|%n",
          model.getFileName(),
          load.size(),
          slots,
          compute.torch());
      print("continuous", continuous);
      print("static, ended rows carried to the batch's end", carrying);
      print("static, ended rows dropped", fixed);
      print("continuous, all weights swapped every %s tokens".formatted(SWAP_EVERY), swapping);
      System.out.printf(
          Locale.ROOT,
          "%ncontinuous / static: %.2f carrying, %.2f dropping; swaps cost %.1f %%%n",
          speed(continuous) / speed(carrying),
          speed(continuous) / speed(fixed),
          100 * (1 - speed(swapping) / speed(continuous)));
      if (python != null) {
        double generate = generate(python, prompts);
        System.out.printf(
            Locale.ROOT,
            "generate, static and carrying: %.0f tok/s; continuous / generate: %.2f%n",
            generate,
            speed(continuous) / generate);
      }
      soak(sampler, load);
    }
    readPrompts();
    return 0;
  }

  private ContinuousBatchSampler open(int rows, int promptTokens, int responseTokens) {
    return open(model, rows, promptTokens, responseTokens);
  }

  private ContinuousBatchSampler open(Path policy, int rows, int promptTokens, int responseTokens) {
    return ContinuousBatchSampler.open(
        policy, new SamplerSettings(rows, promptTokens, responseTokens, 1, BARE), compute.torch());
  }

  /** {@code wanted}: how many slots must be free before as many requests are admitted. */
  private Pass run(
      ContinuousBatchSampler sampler,
      List<SampleRequest> load,
      int wanted,
      int swapEvery,
      PolicySnapshot weights) {
    Deque<SampleRequest> waiting = new ArrayDeque<>(load);
    long tokens = 0;
    int steps = 0;
    long start = clock.nanoTime();
    while (!waiting.isEmpty() || sampler.activeSequences() > 0) {
      admit(sampler, waiting, wanted);
      tokens += Load.tokens(sampler.step());
      steps++;
      if (steps % swapEvery == 0) {
        sampler.adopt(weights);
      }
    }
    return new Pass(tokens, steps, clock.secondsSince(start));
  }

  /** How long each response is, batch by batch in the order of the load. */
  private List<int[]> lengthsByBatch(ContinuousBatchSampler sampler, List<SampleRequest> load) {
    List<int[]> batches = new ArrayList<>();
    for (int first = 0; first < load.size(); first += slots) {
      sampler.admit(load.subList(first, Math.min(load.size(), first + slots)));
      batches.add(Load.drain(sampler).stream().mapToInt(r -> r.responseTokens().length).toArray());
    }
    return batches;
  }

  /**
   * Every row of a batch is decoded until its longest has ended, by the model of the same weights
   * that never ends; what comes behind a row's end does not count.
   */
  private Pass carry(List<SampleRequest> load, List<int[]> batches) {
    long tokens = 0;
    int steps = 0;
    double seconds = 0;
    for (int i = 0; i < batches.size(); i++) {
      int[] lengths = batches.get(i);
      int last = IntStream.of(lengths).max().orElse(1);
      try (ContinuousBatchSampler sampler = open(endless(), slots, PROMPT, last)) {
        long start = clock.nanoTime();
        sampler.admit(load.subList(i * slots, i * slots + lengths.length));
        Load.drain(sampler);
        seconds += clock.secondsSince(start);
      }
      tokens += IntStream.of(lengths).sum();
      steps += last;
    }
    return new Pass(tokens, steps, seconds);
  }

  private Path endless() {
    String name = model.getFileName().toString();
    if (!name.endsWith(ENDING)) {
      throw new IllegalArgumentException("--model must be a NAME-ending, was " + model);
    }
    return model.resolveSibling(name.substring(0, name.length() - ENDING.length()));
  }

  /** Tokens a second of transformers' {@code generate}, batch by batch. */
  private double generate(Path interpreter, List<int[]> prompts) throws IOException {
    List<int[]> rows = new ArrayList<>();
    for (int[] prompt : prompts) {
      rows.addAll(Collections.nCopies(samples, prompt));
    }
    List<Double> speeds = new ArrayList<>();
    try (PyTorchSide pytorch = PyTorchSide.start(interpreter, model, compute.torch(), clock)) {
      for (int round = 0; round < rounds; round++) {
        double tokens = 0;
        double seconds = 0;
        for (int first = 0; first < rows.size(); first += slots) {
          JsonNode answer =
              pytorch.ask(
                  "generate",
                  Map.of(
                      "prompts",
                      rows.subList(first, Math.min(rows.size(), first + slots)),
                      "newTokens",
                      longest,
                      "seed",
                      round * rows.size() + first));
          tokens += answer.path("tokens").asDouble();
          seconds += answer.path("seconds").asDouble();
        }
        speeds.add(tokens / seconds);
      }
    }
    return Load.median(speeds);
  }

  private static void admit(
      ContinuousBatchSampler sampler, Deque<SampleRequest> waiting, int wanted) {
    int groups = sampler.freeSlots() / wanted;
    List<SampleRequest> joining = new ArrayList<>();
    while (joining.size() < groups * wanted && !waiting.isEmpty()) {
      joining.add(waiting.remove());
    }
    if (!joining.isEmpty()) {
      sampler.admit(joining);
    }
  }

  private static double speed(List<Pass> passes) {
    return Load.median(passes.stream().map(Pass::tokensPerSecond).toList());
  }

  private static void print(String how, List<Pass> passes) {
    Pass first = passes.get(0);
    System.out.printf(
        Locale.ROOT,
        "| %s | %.0f | %d | %.1f |%n",
        how,
        speed(passes),
        first.steps(),
        (double) first.tokens() / first.steps());
  }

  private void soak(ContinuousBatchSampler sampler, List<SampleRequest> load) throws IOException {
    System.out.printf(Locale.ROOT, "%n| steps of churn | resident, MB |%n|---|---|%n");
    Deque<SampleRequest> waiting = new ArrayDeque<>();
    for (int step = 0; step <= soakSteps; step++) {
      if (waiting.size() < slots) {
        waiting.addAll(load);
      }
      admit(sampler, waiting, samples);
      sampler.step();
      if (step % Math.max(1, soakSteps / 4) == 0) {
        System.out.printf(Locale.ROOT, "| %d | %d |%n", step, residentMegabytes());
      }
    }
    Load.drain(sampler);
  }

  private static long residentMegabytes() throws IOException {
    String status = Files.readString(Path.of("/proc/self/status"));
    return status
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }

  private void readPrompts() {
    System.out.printf(
        Locale.ROOT, "%n| %d rows of %d prompt tokens | ms |%n|---|---|%n", slots, LONG_PROMPT);
    try (ContinuousBatchSampler sampler = open(slots, LONG_PROMPT, 1)) {
      for (Map.Entry<Integer, String> shared :
          List.of(
              Map.entry(1, "all distinct"),
              Map.entry(4, "4 a prompt"),
              Map.entry(8, "8 a prompt"))) {
        List<int[]> prompts =
            Load.prompts(
                slots / shared.getKey(), LONG_PROMPT, LlamaConfig.read(model).vocabulary());
        List<Double> milliseconds = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
          List<SampleRequest> requests = Load.requests(prompts, shared.getKey(), round);
          long start = clock.nanoTime();
          sampler.admit(requests);
          double taken = 1e3 * clock.secondsSince(start);
          Load.drain(sampler);
          if (round > 0) {
            milliseconds.add(taken);
          }
        }
        System.out.printf(
            Locale.ROOT, "| %s | %.0f |%n", shared.getValue(), Load.median(milliseconds));
      }
    }
  }
}
