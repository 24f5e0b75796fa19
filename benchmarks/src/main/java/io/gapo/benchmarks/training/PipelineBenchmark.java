package io.gapo.benchmarks.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.lab.demo.DemoDirectory;
import io.gapo.lab.demo.DemoRun;
import io.gapo.lab.display.StepLog;
import io.gapo.ops.config.GapoConfig;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Trained rollouts a second of the demo's pipeline, all six stages and a broker, against the same
 * work in a plain loop before and after it; and what each stage, and each hop through Kafka, did
 * with the time.
 *
 * <p>Options: {@code --steps N --warm-up N --threads N --device cpu|cuda}; {@code --slots N} lets
 * the pipeline's generator decode more or fewer sequences at a time than the demo's; {@code --trl
 * PYTHON} lets TRL train the same models, before and after, by the interpreter that has it, on the
 * CPU.
 */
public final class PipelineBenchmark {

  private PipelineBenchmark() {}

  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    Options options =
        Options.of(arguments, List.of("steps", "warm-up", "threads", "device", "slots", "trl"));
    int steps = options.number("steps", 12);
    int warmUp = options.number("warm-up", 4);
    TorchSettings torch =
        new TorchSettings(
            options.text("device", "cpu"), DataType.F32, options.number("threads", 1));
    if (options.given("trl").isPresent() && !torch.device().equals("cpu")) {
      throw new IllegalArgumentException(
          "--trl trains on the CPU and is no measure of --device %s: leave one of them out"
              .formatted(torch.device()));
    }
    Optional<TrlSide> trl =
        options.given("trl").map(python -> new TrlSide(python, DemoSettings.prompts()));
    Map<String, JsonNode> trlBefore = run(trl, steps, warmUp);
    double before = direct(steps, warmUp, torch);
    Observed observed = new Observed(warmUp);
    pipeline(steps + warmUp, torch, options.given("slots"), observed);
    double after = direct(steps, warmUp, torch);
    Map<String, JsonNode> trlAfter = run(trl, steps, warmUp);
    double direct = (before + after) / 2;
    Figures rates =
        new Figures("whole pipeline", "side", "trained rollouts/s", "ratio to the direct loop");
    rates.note(
        "steps, warm-up, threads, device", List.of(steps, warmUp, torch.threads(), torch.device()));
    options.given("slots").ifPresent(number -> rates.note("slots of the pipeline", number));
    rates.row("direct loop, before", before, before / direct);
    rates.row("pipeline", observed.rate(), observed.rate() / direct);
    rates.row("direct loop, after", after, after / direct);
    trlBefore.forEach((trainer, answer) -> row(rates, trainer + ", before", answer, direct));
    trlAfter.forEach((trainer, answer) -> row(rates, trainer + ", after", answer, direct));
    rates.print();
    Figures shares = new Figures("stages", "stage: phase", "seconds", "share of the time");
    observed.seconds().forEach((k, v) -> shares.row(k, v, v / observed.measuredSeconds()));
    shares.print();
    observed.hops().print();
    // The broker's and the pipeline's daemons have nothing left to do.
    System.exit(0);
  }

  /** By name of the trainer; nothing without TRL. */
  private static Map<String, JsonNode> run(Optional<TrlSide> trl, int steps, int warmUp)
      throws IOException, InterruptedException {
    Map<String, JsonNode> answers = new TreeMap<>();
    if (trl.isPresent()) {
      for (String trainer : TrlSide.TRAINERS) {
        answers.put("TRL " + trainer, trl.get().run(trainer, steps, warmUp));
      }
    }
    return answers;
  }

  private static void row(Figures rates, String side, JsonNode answer, double direct) {
    double rate = answer.get("rate").asDouble();
    rates.note(side, answer);
    rates.row(side, rate, rate / direct);
  }

  private static double direct(int steps, int warmUp, TorchSettings torch) throws IOException {
    try (DirectLoop loop = DirectLoop.ofDemo(torch)) {
      for (int i = 0; i < warmUp; i++) {
        loop.step();
      }
      long start = System.nanoTime();
      int rollouts = 0;
      for (int i = 0; i < steps; i++) {
        rollouts += loop.step().size();
      }
      return rollouts / ((System.nanoTime() - start) * 1e-9);
    }
  }

  private static void pipeline(
      int steps, TorchSettings torch, Optional<String> slots, Observed observed)
      throws IOException, InterruptedException, ExecutionException {
    DemoDirectory directory = new DemoDirectory(Files.createTempDirectory("gapo-pipeline"));
    directory.prepare();
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory.kafka(), 0)) {
      Config demo = DemoSettings.of(directory.checkpoints(), broker.bootstrapServers(), torch);
      Config root =
          slots
              .map(
                  number ->
                      demo.withValue("gapo.sampling.slots", ConfigValueFactory.fromAnyRef(number)))
              .orElse(demo);
      new DemoRun(root, GapoConfig.from(root))
          .train(steps, new StepLog(Instant.now()), step -> {}, List.of(observed), address -> {});
    }
  }

  /** Adds up what stages report between the last warm-up version and the newest. */
  private static final class Observed implements PipelineListener {

    private final int warmUp;
    private final Map<String, Double> seconds = new ConcurrentHashMap<>();
    private final Map<String, List<Double>> hops = new ConcurrentHashMap<>();
    private final List<VersionLineage> versions = Collections.synchronizedList(new ArrayList<>());

    Observed(int warmUp) {
      this.warmUp = warmUp;
    }

    @Override
    public void phase(Stage stage, String phase, Duration duration) {
      add(stage + ": " + phase, duration);
    }

    @Override
    public void waited(Stage stage, Duration duration) {
      add(stage + ": waits", duration);
    }

    @Override
    public void recordTaken(Stage stage, String topic, Duration age) {
      if (versions.size() >= warmUp) {
        hops.computeIfAbsent(
                topic + " to " + stage, hop -> Collections.synchronizedList(new ArrayList<>()))
            .add(age.toNanos() * 1e-6);
      }
    }

    private void add(String what, Duration duration) {
      if (versions.size() >= warmUp) {
        seconds.merge(what, duration.toNanos() * 1e-9, Double::sum);
      }
    }

    @Override
    public void versionMade(VersionLineage lineage) {
      synchronized (versions) {
        // Every stage that reads the lineage reports it.
        if (versions.isEmpty()
            || versions.get(versions.size() - 1).version().number() < lineage.version().number()) {
          versions.add(lineage);
        }
      }
    }

    double measuredSeconds() {
      Instant start = versions.get(warmUp - 1).appliedAt();
      Instant end = versions.get(versions.size() - 1).appliedAt();
      return Duration.between(start, end).toNanos() * 1e-9;
    }

    double rate() {
      return versions.subList(warmUp, versions.size()).stream()
              .mapToInt(version -> version.rollouts().size())
              .sum()
          / measuredSeconds();
    }

    /**
     * A version's way passes each hop once, however many records do so side by side: what it takes
     * of the time is the mean age, once a version.
     */
    Figures hops() {
      Figures figures =
          new Figures(
              "hops", "topic to stage", "records", "median, ms", "mean, ms", "share of the time");
      int made = versions.size() - warmUp;
      new TreeMap<>(hops)
          .forEach(
              (hop, ages) -> {
                double mean = ages.stream().mapToDouble(Double::doubleValue).average().orElse(0);
                figures.row(
                    hop,
                    ages.size(),
                    Figures.median(ages),
                    mean,
                    mean * 1e-3 * made / measuredSeconds());
              });
      return figures;
    }

    Map<String, Double> seconds() {
      return new TreeMap<>(seconds);
    }
  }
}
