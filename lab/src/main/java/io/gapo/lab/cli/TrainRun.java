package io.gapo.lab.cli;

import io.gapo.core.port.NonFiniteGradientException;
import io.gapo.lab.examples.ExampleFile;
import io.gapo.lab.examples.ExampleReader;
import io.gapo.lab.training.ExampleSource;
import io.gapo.lab.training.HeldOutReport;
import io.gapo.lab.training.TrainingCheckpoints;
import io.gapo.lab.training.TrainingProgress;
import io.gapo.ops.cli.CommandFailedException;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.display.LiveLine;
import io.gapo.ops.display.Terminal;
import io.gapo.ops.feed.SkippedRows;
import io.gapo.ops.model.NamedModels;
import io.gapo.runtime.checkpoint.ExportTarget;
import io.gapo.runtime.checkpoint.ModelDigest;
import io.gapo.runtime.files.StagedFiles;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.text.UnsupportedTemplateException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A training from the command line: finds the model, reads the data, continues where an earlier
 * process stopped, and says how it went.
 *
 * @param <E> an example
 */
final class TrainRun<E> {

  /** Subdirectory of the output, for checkpoints; gone when the model is written. */
  private static final String CHECKPOINTS = "training";

  private final CommandSpec command;
  private final TrainOptions options;
  private final ExampleReader<E> reader;

  /** Trains a model and writes it. */
  @FunctionalInterface
  interface Training<E> {
    HeldOutReport run(
        Path start,
        ExampleSource<E> examples,
        TrainingCheckpoints checkpoints,
        TrainingProgress progress)
        throws IOException;
  }

  TrainRun(CommandSpec command, TrainOptions options, ExampleReader<E> reader) {
    this.command = command;
    this.options = options;
    this.reader = reader;
  }

  /**
   * Runs it.
   *
   * @param further settings that the result depends on, by option
   */
  int run(Map<String, String> further, Training<E> training) throws IOException {
    Path start = model();
    Path target = options.target();
    requireUsable(start, target);
    Map<String, String> settings = new LinkedHashMap<>(options.decisive());
    settings.putAll(further);
    settings.put("the command", command.name());
    settings.put("--model", ModelDigest.of(start));
    PrintWriter out = command.commandLine().getOut();
    try (TrainingCheckpoints checkpoints =
            TrainingCheckpoints.open(
                target.resolve(CHECKPOINTS), settings, options.checkpointEvery);
        SkippedRows skipped =
            options.skipped == null ? SkippedRows.inMemory() : SkippedRows.to(options.skipped)) {
      StagedFiles.sweep(target);
      TrainProgress progress =
          new TrainProgress(
              out,
              new LiveLine(out, Terminal.is(Terminal.Stream.OUTPUT), System::nanoTime),
              Terminal.is(Terminal.Stream.OUTPUT),
              System::nanoTime,
              skipped,
              options.settings().batchSize());
      HeldOutReport report =
          training.run(
              start,
              new ExampleFile<>(
                  options.data, reader, options.heldOut(), options.heldOutLimit, progress),
              checkpoints,
              progress);
      checkpoints.delete();
      progress.end(report);
      out.println(
          "Written to %s%s"
              .formatted(
                  target, options.settings().lora().isPresent() ? ", the adapter merged" : ""));
      out.flush();
      if (options.json != null) {
        progress.counts().write(options.json, report);
      }
      return ExitCode.OK;
    } catch (UnsupportedTemplateException e) {
      throw new CommandFailedException(e.getMessage() + "; 'gapo train' takes it as --template", e);
    } catch (NonFiniteGradientException e) {
      throw new CommandFailedException(
          "the training diverged (%s): start again with a lower --learning-rate, and delete %s"
              .formatted(e.getMessage(), target.resolve(CHECKPOINTS)),
          e);
    }
  }

  private Path model() {
    Path start = NamedModels.fromEnvironment().directory("--model", options.model);
    if (!Files.isDirectory(start)) {
      throw GapoConfig.noDirectory(
          "--model", start, "config.json, model.safetensors and tokenizer.json");
    }
    return start;
  }

  private void requireUsable(Path start, Path target) {
    if (!Files.isRegularFile(options.data)) {
      throw new CommandFailedException(
          "--data: there is no file %s; name one of JSON lines or Parquet".formatted(options.data));
    }
    ExportTarget.requireForPolicy(target);
    if (PretrainedTensors.isIn(target) && !TrainingCheckpoints.isIn(target.resolve(CHECKPOINTS))) {
      throw new CommandFailedException(
          "%s holds a model already: choose another --out".formatted(target));
    }
    LlamaConfig config = LlamaConfig.read(start);
    options.checked(
        command,
        () -> {
          options.settings().lora().ifPresent(lora -> lora.requireRoom(config));
          return config;
        });
  }
}
