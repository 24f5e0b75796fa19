package io.gapo.lab.cli;

import com.typesafe.config.Config;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.lab.demo.DemoRun;
import io.gapo.lab.display.EvaluationText;
import io.gapo.lab.display.StepLog;
import io.gapo.lab.exam.EvaluationReport;
import io.gapo.lab.exam.ExamPrompts;
import io.gapo.lab.exam.FileEvaluation;
import io.gapo.lab.report.EvaluationPage;
import io.gapo.ops.cli.CommandFailedException;
import io.gapo.ops.cli.OptionBounds;
import io.gapo.ops.cli.PreferenceShares;
import io.gapo.ops.cli.RowShapeOptions;
import io.gapo.ops.cli.SettingsOptions;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.StartChecks;
import io.gapo.ops.feed.FilePrompts;
import io.gapo.ops.model.NamedModels;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gapo evaluate}: a trained policy against the one that training started from. */
@Command(
    name = "evaluate",
    description = {
      "Compares a trained policy with the one that training started from.",
      "The prompts are some that neither was trained on: the demo's, or those of a file with the",
      "objectives of a run's settings."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {

  private static final int WIDTH = 110;

  @Parameters(
      paramLabel = "DIR",
      defaultValue = "data/demo/checkpoints",
      description =
          "A policy's directory, or an optimizer's checkpoints (default: ${DEFAULT-VALUE}).")
  private Path policy = Path.of("data", "demo", "checkpoints");

  @Option(
      names = "--prompts",
      paramLabel = "N",
      defaultValue = "200",
      description = "How many prompts (default: ${DEFAULT-VALUE}).")
  private int prompts;

  @Option(
      names = "--prompts-file",
      paramLabel = "FILE",
      description =
          "Prompts of your own, in a file as gapo feed reads it, in place of the demo's: --config"
              + " names the policy to compare with and the objectives.")
  private @Nullable Path promptsFile;

  @ArgGroup(
      exclusive = false,
      validate = false,
      heading = "%nWhat the rows of --prompts-file are:%n")
  private RowShapeOptions rows = new RowShapeOptions();

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "4",
      description = "Answers shown side by side (default: ${DEFAULT-VALUE}).")
  private int samples;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures there, for scripts.")
  private @Nullable Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a page there, for a browser: figures, and answers side by side.")
  private @Nullable Path html;

  @Option(
      names = "--preference",
      paramLabel = "NAME=SHARE",
      split = ",",
      description =
          "What a policy of conditioned-p-gapo or conditioned-morlhf is asked for: --preference"
              + " helpful=0.6,harmless=0.4.")
  private final List<String> preference = new ArrayList<>();

  @Mixin private final ModelOptions models = new ModelOptions();

  @Mixin private final ExamOptions exam = new ExamOptions();

  @Mixin private final SettingsOptions settings = new SettingsOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    OptionBounds.requireAtLeast(spec, "--prompts", prompts, 1);
    OptionBounds.requireAtLeast(spec, "--samples", samples, 0);
    Map<String, Double> shares = PreferenceShares.parse(spec, preference);
    if (!Files.isDirectory(policy)) {
      throw new CommandFailedException(
          "there is no directory %s: name a policy or a demo's checkpoints".formatted(policy));
    }
    Optional<ExamPrompts> ownPrompts = ownPrompts(spec);
    boolean graded = ownPrompts.isEmpty() && models.areGraded();
    Config root =
        NamedModels.fromEnvironment()
            .resolve(
                ownPrompts.isEmpty()
                    ? settings.load(models.settings(), Map.of())
                    : ownSettings(spec));
    GapoConfig config = GapoConfig.from(root);
    StartChecks.require(root, config, EnumSet.allOf(Stage.class));
    Optional<PromptPreference> asked = asked(config, shares);
    EvaluationReport report =
        ownPrompts.isEmpty()
            ? new DemoRun(root, config)
                .evaluate(policy, exam.split(), prompts, samples, asked, graded)
            : FileEvaluation.of(config, ownPrompts.get(), policy, samples, asked);
    EvaluationText.lines(report, WIDTH).forEach(out::println);
    if (ownPrompts.isEmpty() && !graded) {
      out.println(ModelOptions.UNGRADED);
    }
    out.flush(); // The figures may go to the same place.
    if (json != null) {
      new StepLog(Instant.now()).write(json, Optional.of(report), ConfigFiles.published(root));
    }
    if (html != null) {
      EvaluationPage.write(report, SettingsText.of(root), html);
      out.println("Page written to " + html);
    }
    out.flush();
    return ExitCode.OK;
  }

  private Optional<ExamPrompts> ownPrompts(CommandSpec command) throws IOException {
    if (promptsFile == null) {
      return Optional.empty();
    }
    try (FilePrompts file = FilePrompts.open(promptsFile, rows.shape(command), decided -> {})) {
      return Optional.of(ExamPrompts.read(file));
    }
  }

  /** Nothing of the demo's: its template would be read by other models. */
  private Config ownSettings(CommandSpec command) {
    if (models.areGiven()) {
      throw new ParameterException(
          command.commandLine(),
          "--policy, --reward and --cost are for the demo's prompts: with --prompts-file, --config"
              + " names policy and objectives");
    }
    return settings.load();
  }

  private static Optional<PromptPreference> asked(GapoConfig config, Map<String, Double> shares) {
    if (shares.isEmpty()) {
      return Optional.empty();
    }
    try {
      PromptPreference asked = PromptPreference.of(shares);
      asked
          .unknown(config.objectiveNames())
          .ifPresent(
              name -> {
                throw new IllegalArgumentException(
                    "there is no objective '%s': choose of %s"
                        .formatted(name, config.objectiveNames()));
              });
      return Optional.of(asked);
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException("--preference: " + e.getMessage());
    }
  }
}
