package io.gapo.benchmarks.decoding;

import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.rollout.PolicyVersion;
import io.gapo.core.rollout.SampleRequest;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.sampling.ContinuousBatchSampler;
import io.gapo.runtime.sampling.SamplerSettings;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What it brings that sequences come and go: responses of many lengths with free places filled at
 * once, or only when the whole batch has ended; weights adopted on the way; prompts read once for
 * several samples; and the process's memory over thousands of steps.
 */
@Command(name = "batching", mixinStandardHelpOptions = true)
public final class BatchingBenchmark implements Callable<Integer> {

  private static final PromptTemplate BARE = new PromptTemplate(PromptTemplate.PLACEHOLDER);
  private static final int PROMPT = 32;
  private static final int LONG_PROMPT = 256;
  private static final int SWAP_EVERY = 8;
  private static final int NEVER = Integer.MAX_VALUE;

  @Option(names = "--model", required = true, description = "NAME-ending of make_models.py")
  private Path model = Path.of("");

  @Option(names = "--threads", description = "default: ${DEFAULT-VALUE}")
  private int threads = 2;

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
    System.exit(new CommandLine(new BatchingBenchmark()).execute(arguments));
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
      List<Pass> continuous = new ArrayList<>();
      List<Pass> fixed = new ArrayList<>();
      List<Pass> swapping = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        continuous.add(run(sampler, load, samples, NEVER, weights));
        fixed.add(run(sampler, load, slots, NEVER, weights));
        swapping.add(run(sampler, load, samples, SWAP_EVERY, weights));
      }
      System.out.printf(
          "%n%s: %d responses, %d slots, %d threads%n%n| | tok/s | steps | rows a step |%n|---|---|---|---|%n",
          model.getFileName(), load.size(), slots, threads);
      print("continuous", continuous);
      print("static", fixed);
      print("continuous, all weights swapped every %d tokens".formatted(SWAP_EVERY), swapping);
      System.out.printf(
          "%ncontinuous / static: %.2f; swaps cost %.1f %%%n",
          speed(continuous) / speed(fixed), 100 * (1 - speed(swapping) / speed(continuous)));
      soak(sampler, load);
    }
    readPrompts();
    return 0;
  }

  private ContinuousBatchSampler open(int rows, int promptTokens, int responseTokens) {
    return ContinuousBatchSampler.open(
        model,
        new SamplerSettings(rows, promptTokens, responseTokens, 1, BARE),
        TorchSettings.cpu(threads));
  }

  /** {@code wanted}: how many slots must be free before as many requests are admitted. */
  private static Pass run(
      ContinuousBatchSampler sampler,
      List<SampleRequest> load,
      int wanted,
      int swapEvery,
      PolicySnapshot weights) {
    Deque<SampleRequest> waiting = new ArrayDeque<>(load);
    long tokens = 0;
    int steps = 0;
    long start = System.nanoTime();
    while (!waiting.isEmpty() || sampler.activeSequences() > 0) {
      admit(sampler, waiting, wanted);
      tokens += Load.tokens(sampler.step());
      steps++;
      if (steps % swapEvery == 0) {
        sampler.adopt(weights);
      }
    }
    return new Pass(tokens, steps, Load.secondsSince(start));
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
        "| %s | %.0f | %d | %.1f |%n",
        how, speed(passes), first.steps(), (double) first.tokens() / first.steps());
  }

  private void soak(ContinuousBatchSampler sampler, List<SampleRequest> load) throws IOException {
    System.out.printf("%n| steps of churn | resident, MB |%n|---|---|%n");
    Deque<SampleRequest> waiting = new ArrayDeque<>();
    for (int step = 0; step <= soakSteps; step++) {
      if (waiting.size() < slots) {
        waiting.addAll(load);
      }
      admit(sampler, waiting, samples);
      sampler.step();
      if (step % Math.max(1, soakSteps / 4) == 0) {
        System.out.printf("| %d | %d |%n", step, residentMegabytes());
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
    System.out.printf("%n| %d rows of %d prompt tokens | ms |%n|---|---|%n", slots, LONG_PROMPT);
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
          long start = System.nanoTime();
          sampler.admit(requests);
          double taken = 1e3 * Load.secondsSince(start);
          Load.drain(sampler);
          if (round > 0) {
            milliseconds.add(taken);
          }
        }
        System.out.printf("| %s | %.0f |%n", shared.getValue(), Load.median(milliseconds));
      }
    }
  }
}
