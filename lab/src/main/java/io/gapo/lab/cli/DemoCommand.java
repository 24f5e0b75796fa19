package io.gapo.lab.cli;

import com.typesafe.config.Config;
import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.lab.demo.DemoDirectory;
import io.gapo.lab.demo.DemoRun;
import io.gapo.lab.display.EvaluationText;
import io.gapo.lab.display.ProgressDisplay;
import io.gapo.lab.display.StepLog;
import io.gapo.lab.exam.EvaluationReport;
import io.gapo.ops.cli.MethodOptions;
import io.gapo.ops.cli.OptionBounds;
import io.gapo.ops.cli.SettingsOptions;
import io.gapo.ops.cli.StopSignal;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.display.RunSamples;
import io.gapo.ops.display.Terminal;
import io.gapo.ops.model.NamedModels;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code gapo demo}: broker, stages, prompts and a small world, all in this process. */
@Command(
    name = "demo",
    description =
        "Trains a small policy to be more helpful and more harmless, through a real broker.",
    footer = {
      "",
      "Ctrl-C stops in good order; started again, the demo continues from the newest version.",
      "Its settings are those of reference.conf and demo.conf; --config and --set change them."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DemoCommand implements Callable<Integer> {

  /** Of the side-by-side answers, in characters. */
  private static final int WIDTH = 110;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "60",
      description = "Stop when policy version N is there (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "Of prompts and sampling (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data/demo",
      description = "Kafka's records and the checkpoints (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data", "demo");

  @Option(names = "--fresh", description = "Delete what an earlier demo left in --data first.")
  private boolean fresh;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write every step's figures and the evaluation there, for scripts.")
  private @Nullable Path json;

  @Option(
      names = "--prompts",
      paramLabel = "N",
      defaultValue = "200",
      description = "Prompts of the evaluation; 0 for none (default: ${DEFAULT-VALUE}).")
  private int prompts;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "4",
      description = "Answers shown side by side at the end (default: ${DEFAULT-VALUE}).")
  private int samples;

  @Mixin private final ModelOptions models = new ModelOptions();

  @Mixin private final ExamOptions exam = new ExamOptions();

  @Mixin private final MethodOptions method = new MethodOptions();

  @Mixin private final SettingsOptions settings = new SettingsOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    checkOptions();
    Map<String, Object> defaults = models.settings();
    Map<String, Object> overrides = method.settings();
    DemoDirectory directory = new DemoDirectory(data);
    if (fresh) {
      directory.empty();
    }
    directory.prepare();
    directory.claim(models.policy());
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory.kafka(), 0)) {
      out.println(
          "Kafka at %s, data in %s".formatted(broker.bootstrapServers(), data.toAbsolutePath()));
      out.flush();
      Config root =
          NamedModels.fromEnvironment()
              .resolve(
                  settings.load(
                      withPlaces(defaults, directory, broker.bootstrapServers()), overrides));
      GapoConfig config = GapoConfig.from(root);
      StepLog log = new StepLog(Instant.now());
      DemoRun run = new DemoRun(root, config);
      try (StopSignal signal = StopSignal.onInterrupt(run::stop)) {
        train(run, config, log, out);
        Optional<EvaluationReport> report = evaluate(run, config, signal, out);
        if (json != null) {
          log.write(json, report, ConfigFiles.published(root));
          out.println("Figures written to " + json);
          out.flush();
        }
      }
    }
    return ExitCode.OK;
  }

  private void train(DemoRun run, GapoConfig config, StepLog log, PrintWriter out)
      throws InterruptedException, ExecutionException {
    try (ProgressDisplay display =
        new ProgressDisplay(
            config.objectiveNames(),
            Set.of("harmless"),
            out,
            Terminal.is(Terminal.Stream.OUTPUT),
            System::nanoTime)) {
      run.train(
          steps,
          log,
          display::step,
          List.of(display, RunSamples.printed(config.samples(), width(), display::print)),
          metrics -> {
            out.println(
                "Metrics at http://%s/metrics; Ctrl-C stops in good order".formatted(metrics));
            out.flush();
          });
    }
  }

  /** The terminal's, or what a file's reader is likely to have. */
  private int width() {
    return Objects.requireNonNull(spec).usageMessage().width();
  }

  private Optional<EvaluationReport> evaluate(
      DemoRun run, GapoConfig config, StopSignal signal, PrintWriter out) {
    if (prompts == 0 || signal.isRaised()) {
      return Optional.empty();
    }
    Optional<PromptPreference> asked = asked(config);
    out.println(
        "Comparing with the SFT policy on %s %s prompts%s ..."
            .formatted(
                prompts,
                exam.split().text(),
                asked.map(preference -> ", asked with " + preference.shares()).orElse("")));
    out.flush();
    EvaluationReport report =
        run.evaluate(
            config.checkpointPath(), exam.split(), prompts, samples, asked, models.areGraded());
    EvaluationText.lines(report, WIDTH).forEach(out::println);
    if (!models.areGraded()) {
      out.println(ModelOptions.UNGRADED);
    }
    out.flush();
    return Optional.of(report);
  }

  /** What a conditioned policy is asked at the end: what the settings say, or evenly. */
  private static Optional<PromptPreference> asked(GapoConfig config) {
    if (!config.combination().isConditioned()) {
      return Optional.empty();
    }
    Map<String, Double> even = new LinkedHashMap<>();
    config.objectiveNames().forEach(name -> even.put(name, 1.0));
    return config.combination().promptPreference().or(() -> Optional.of(PromptPreference.of(even)));
  }

  private void checkOptions() {
    OptionBounds.requireAtLeast(spec, "--steps", steps, 1);
    OptionBounds.requireAtLeast(spec, "--prompts", prompts, 0);
    OptionBounds.requireAtLeast(spec, "--samples", samples, 0);
    exam.split();
  }

  /** What the demo sets and the user may set otherwise. */
  private Map<String, Object> withPlaces(
      Map<String, Object> models, DemoDirectory directory, String bootstrapServers) {
    Map<String, Object> defaults = new LinkedHashMap<>(models);
    defaults.put("gapo.kafka.bootstrap-servers", bootstrapServers);
    defaults.put("gapo.training.checkpoint-directory", directory.checkpoints().toString());
    defaults.put("gapo.sampling.seed", seed);
    defaults.put("gapo.metrics.port", 0);
    return defaults;
  }
}
