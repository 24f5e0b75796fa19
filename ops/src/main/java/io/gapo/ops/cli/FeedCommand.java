package io.gapo.ops.cli;

import io.gapo.ops.config.KafkaConfig;
import io.gapo.ops.display.LiveLine;
import io.gapo.ops.display.Terminal;
import io.gapo.ops.feed.FedIds;
import io.gapo.ops.feed.FirstRows;
import io.gapo.ops.feed.FormatDetection;
import io.gapo.ops.feed.HeldOut;
import io.gapo.ops.feed.InputLines;
import io.gapo.ops.feed.LineFeed;
import io.gapo.ops.feed.PromptFeeder;
import io.gapo.ops.feed.PromptFile;
import io.gapo.ops.feed.RowReader;
import io.gapo.ops.feed.RowShape;
import io.gapo.ops.feed.RowSource;
import io.gapo.ops.feed.ShuffledRows;
import io.gapo.ops.feed.SkippedRows;
import io.gapo.ops.feed.UnreadableFileException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
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

/** {@code gapo feed}: prompts from a file into their topic. */
@Command(
    name = "feed",
    description = "Feeds prompts to a running pipeline.",
    footer = {
      "",
      "FILE has a JSON object a line (also in gzip), or is Parquet. A row of the project's own",
      "format is {\"id\": \"...\", \"prompt\": \"...\"}, or has \"messages\" instead of the prompt; the",
      "id may be left out. Rows that are no prompts are named, counted by reason and left out,",
      "and the exit code is then 1. Prompts whose ids are in the topic already, and rows that ask",
      "what an earlier row asks, are named and left out too; that alone is exit code 0."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class FeedCommand implements Callable<Integer> {

  private static final String STANDARD_INPUT = "-";

  @Parameters(
      paramLabel = "FILE",
      description = "JSON lines or Parquet; - reads JSON lines from standard input.")
  private String file = STANDARD_INPUT;

  @ArgGroup(exclusive = false, validate = false, heading = "%nWhat the rows are:%n")
  private RowShapeOptions rows = new RowShapeOptions();

  @ArgGroup(exclusive = false, validate = false, heading = "%nWhich of them are fed:%n")
  private FeedChoiceOptions choice = new FeedChoiceOptions();

  @Option(
      names = "--skipped",
      paramLabel = "FILE",
      description = "Writes every skipped row's number, reason and detail there, as JSON lines.")
  private @Nullable Path skippedFile;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Writes the counts there, for scripts.")
  private @Nullable Path json;

  @Mixin private final SettingsOptions settings = new SettingsOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    RowShape shape = requireConsistent();
    KafkaConfig kafka = settings.kafka();
    try (RowSource source = open(shape);
        FirstRows first = new FirstRows(source);
        PromptFeeder feeder = PromptFeeder.open(kafka);
        SkippedRows skipped =
            skippedFile == null ? SkippedRows.inMemory() : SkippedRows.to(skippedFile);
        HeldOut heldOut = choice.heldOut()) {
      Optional<RowReader> reader =
          choice.raw ? Optional.empty() : Optional.of(shape.reader(first, this::sayFormat));
      FeedProgress progress =
          new FeedProgress(
              name(),
              err(),
              new LiveLine(err(), Terminal.is(Terminal.Stream.ERROR), System::nanoTime),
              skipped);
      LineFeed feed =
          new LineFeed(feeder::feed, choice.options(reader, heldOut), FedIds.of(kafka), progress);
      LineFeed.Report report = feedAll(feed, first, shape);
      progress.end();
      FeedSummary summary =
          new FeedSummary(
              name(),
              reader.map(used -> used.format().spelling()).orElse("raw"),
              feeder.topic(),
              choice.repeat,
              report);
      summary.print(skipped, out());
      boolean isWhole = report.rows() > 0 && (report.invalid() == 0 || choice.raw);
      int exitCode = isWhole ? ExitCode.OK : ExitCode.SOFTWARE;
      if (json != null) {
        summary.write(json, exitCode);
      }
      if (report.rows() == 0) {
        throw UnreadableFileException.withoutRows(name());
      }
      adviseWhereNothingIsAPrompt(report);
      return exitCode;
    }
  }

  private LineFeed.Report feedAll(LineFeed feed, RowSource first, RowShape shape)
      throws IOException {
    LineFeed.Report report;
    try (RowSource pass = inOrder(first)) {
      report = feed.feed(pass, 1);
    }
    for (int pass = 2; pass <= choice.repeat; pass++) {
      try (RowSource again = inOrder(open(shape))) {
        report = feed.feed(again, pass);
      }
    }
    return report;
  }

  private RowSource inOrder(RowSource source) throws IOException {
    return choice.shuffle ? ShuffledRows.of(source, choice.seed) : source;
  }

  private void sayFormat(FormatDetection decided) {
    out().println(decided.of(name()));
    out().flush();
  }

  private void adviseWhereNothingIsAPrompt(LineFeed.Report report) {
    if (!choice.raw && report.rows() > 0 && report.invalid() == report.rows()) {
      err()
          .println(
              "no row of %s is a prompt: name its format by --format, or its column by --column"
                  .formatted(name()));
      err().flush();
    }
  }

  private RowShape requireConsistent() {
    OptionBounds.requireAtLeast(spec, "--repeat", choice.repeat, 1);
    if (choice.repeat > 1 && file.equals(STANDARD_INPUT)) {
      throw refused("standard input can be read only once: name a file to --repeat");
    }
    choice
        .problem()
        .ifPresent(
            problem -> {
              throw refused(problem);
            });
    return rows.shape(Objects.requireNonNull(spec));
  }

  private ParameterException refused(String problem) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), problem);
  }

  private String name() {
    return file.equals(STANDARD_INPUT) ? "standard input" : file;
  }

  private PrintWriter out() {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }

  private PrintWriter err() {
    return Objects.requireNonNull(spec).commandLine().getErr();
  }

  private RowSource open(RowShape shape) throws IOException {
    if (file.equals(STANDARD_INPUT)) {
      return new InputLines(new BufferedInputStream(System.in));
    }
    PromptFile prompts = new PromptFile(Path.of(file));
    return choice.raw ? prompts.openLines() : prompts.open(shape.columns());
  }
}
