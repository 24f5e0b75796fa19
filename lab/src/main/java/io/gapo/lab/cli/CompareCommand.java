package io.gapo.lab.cli;

import com.typesafe.config.Config;
import io.gapo.lab.compare.ComparisonPlan;
import io.gapo.lab.compare.ComparisonProgress;
import io.gapo.lab.compare.ComparisonRun;
import io.gapo.lab.compare.Contestant;
import io.gapo.lab.compare.Findings;
import io.gapo.lab.demo.DemoModels;
import io.gapo.lab.display.StepFigures;
import io.gapo.lab.exam.PreferenceGrid;
import io.gapo.lab.report.ComparisonReport;
import io.gapo.lab.report.ComparisonResults;
import io.gapo.lab.report.RunResult;
import io.gapo.ops.cli.SettingsOptions;
import io.gapo.ops.cli.StopSignal;
import io.gapo.ops.config.ConfigurationException;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.display.LiveLine;
import io.gapo.ops.display.Terminal;
import io.gapo.ops.model.NamedModels;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gapo compare}: methods against each other, and a report. */
@Command(
    name = "compare",
    description = {
      "Trains methods by the streaming pipeline, with the same settings and from the same policy,"
          + " and writes a report. A comparison that was stopped resumes where it was if the settings"
          + " are the same.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class CompareCommand implements Callable<Integer> {

  private static final String NO_METHODS = "none";
  private static final int QUICK_STEPS = 15;

  /** What the help of --methods lists. */
  private static final class Methods implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Contestant.spellings().iterator();
    }
  }

  /** What the help of --frontier-methods lists. */
  private static final class Frontiers implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return ComparisonPlan.FRONTIER_METHODS.iterator();
    }
  }

  /** Set by the launcher. */
  private static final String COMMIT_VARIABLE = "GAPO_COMMIT";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "data/compare",
      description = "Results, policies and report (default: ${DEFAULT-VALUE}).")
  private Path directory = Path.of("data", "compare");

  @Option(
      names = "--methods",
      paramLabel = "METHOD",
      split = ",",
      completionCandidates = Methods.class,
      description =
          "Methods of the table: ${COMPLETION-CANDIDATES}; gapo:p=2 and the like for GAPO (default:"
              + " those of the paper's table); none for the frontier alone.")
  private @Nullable List<String> methods;

  @Option(
      names = "--frontier",
      description =
          "Also the frontiers of --frontier-methods, for preferences 0.2, 0.4, 0.6 and 0.8 of the"
              + " first objective.")
  private boolean frontier;

  @Option(
      names = "--frontier-methods",
      paramLabel = "METHOD",
      split = ",",
      completionCandidates = Frontiers.class,
      description =
          "Methods of --frontier: ${COMPLETION-CANDIDATES} (default: p-gapo, morlhf, soup and the"
              + " conditioned).")
  private @Nullable List<String> frontierMethods;

  @Option(
      names = "--conditioned-steps",
      paramLabel = "N",
      description =
          "Steps of the one policy of a conditioned method, which learns four preferences (default:"
              + " three times --steps).")
  private @Nullable Integer conditionedSteps;

  @Option(
      names = "--seeds",
      paramLabel = "SEED",
      split = ",",
      description = "One run of every method each (default: 1,2,3; --quick: 1).")
  private @Nullable List<Long> seeds;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps of every run (default: 40; --quick: 15).")
  private @Nullable Integer steps;

  @Option(
      names = "--prompts",
      paramLabel = "N",
      defaultValue = "200",
      description = "Prompts that every policy answers (default: ${DEFAULT-VALUE}).")
  private int prompts;

  @Option(names = "--quick", description = "One seed and few steps: to see that it works.")
  private boolean quick;

  @Mixin private final ExamOptions exam = new ExamOptions();

  @Mixin private final SettingsOptions settings = new SettingsOptions();

  @Spec private @Nullable CommandSpec spec;

  /** Asked once, so that all runs start from the same commits. */
  private final NamedModels named = NamedModels.fromEnvironment();

  /**
   * Every run has a broker of its own, which no process outside knows.
   *
   * @throws ConfigurationException if an objective is external
   */
  static void requireScorable(GapoConfig config) {
    config.objectives().stream()
        .filter(objective -> objective.isExternal())
        .findFirst()
        .ifPresent(
            external -> {
              throw new ConfigurationException(
                  "gapo.objectives",
                  "(%s): an external objective cannot be compared, no process outside knows the"
                          .formatted(external.name())
                      + " topics of these runs: leave it out, or score it by http { url = ... }");
            });
  }

  @Override
  @SuppressWarnings("try") // The signal works by being open.
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Config root = load(Map.of());
    GapoConfig config = GapoConfig.from(root);
    requireScorable(config);
    ComparisonPlan plan = plan(config.objectiveNames());
    Instant started = Instant.now();
    LiveLine live = new LiveLine(out, Terminal.is(Terminal.Stream.OUTPUT), System::nanoTime);
    ComparisonRun run = new ComparisonRun(plan, directory, config, this::load, progress(out, live));
    Optional<List<RunResult>> results;
    try (StopSignal signal = StopSignal.onInterrupt(run::stop)) {
      results = run.run();
      live.clear();
      if (results.isEmpty()) {
        out.println("Stopped; the same command resumes from here.");
        out.flush();
        return ExitCode.SOFTWARE;
      }
    }
    ComparisonReport.write(results(plan, config, root, started, results.get()), directory);
    out.println("Report written to " + directory.resolve("report.html"));
    out.flush();
    return ExitCode.OK;
  }

  private ComparisonPlan plan(List<String> objectives) {
    List<Long> usedSeeds = seeds != null ? seeds : quick ? List.of(1L) : List.of(1L, 2L, 3L);
    int usedSteps = steps != null ? steps : quick ? QUICK_STEPS : 40;
    int usedConditionedSteps = conditionedSteps != null ? conditionedSteps : 3 * usedSteps;
    if (usedSteps < 1 || usedConditionedSteps < 1 || prompts < 1 || usedSeeds.isEmpty()) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "--steps, --conditioned-steps and --prompts must be at least 1, and --seeds must not be empty");
    }
    try {
      List<Contestant> contestants =
          methods == null
              ? ComparisonPlan.paper(objectives)
              : methods.stream()
                  .filter(text -> !text.equals(NO_METHODS))
                  .map(text -> Contestant.parse(text, objectives))
                  .toList();
      return new ComparisonPlan(
          contestants,
          frontier ? PreferenceGrid.PAPER_SHARES : List.of(),
          frontierMethods != null ? frontierMethods : ComparisonPlan.PAPER_FRONTIERS,
          usedSeeds,
          usedSteps,
          usedConditionedSteps,
          exam.split(),
          prompts);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(Objects.requireNonNull(spec).commandLine(), e.getMessage(), e);
    }
  }

  private Config load(Map<String, Object> own) {
    Map<String, Object> defaults = DemoModels.own().settings();
    return named.resolve(settings.load(defaults, own));
  }

  private static ComparisonProgress progress(PrintWriter out, LiveLine live) {
    return new ComparisonProgress() {
      @Override
      public void runBegins(int run, int runs, String label, long seed, boolean known) {
        live.clear();
        out.println(
            "run %s of %s: %s%s%s"
                .formatted(
                    run, runs, label, seed == 0 ? "" : ", seed " + seed, known ? " (known)" : ""));
        out.flush();
      }

      @Override
      public void stepped(StepFigures step, int steps) {
        live.show(
            () ->
                "step %s of %s, %s"
                    .formatted(
                        step.step(),
                        steps,
                        step.objectives().entrySet().stream()
                            .map(
                                each ->
                                    String.format(
                                        Locale.ROOT,
                                        "%s %+.3f",
                                        each.getKey(),
                                        each.getValue().meanScore()))
                            .collect(Collectors.joining(", "))));
      }
    };
  }

  private ComparisonResults results(
      ComparisonPlan plan, GapoConfig config, Config root, Instant started, List<RunResult> runs) {
    return new ComparisonResults(
        "Methods compared on the embedded world",
        "gapo "
            + String.join(
                " ", Objects.requireNonNull(spec).commandLine().getParseResult().originalArgs()),
        System.getenv().getOrDefault(COMMIT_VARIABLE, "unknown"),
        started.truncatedTo(ChronoUnit.SECONDS).toString(),
        runs.stream().mapToDouble(RunResult::seconds).sum(),
        config.objectiveNames(),
        plan.preferences(config.objectiveNames()),
        SettingsText.of(root),
        runs,
        Findings.of(plan, config.objectiveNames(), runs));
  }
}
