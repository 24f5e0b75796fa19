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
import io.gapo.ops.feed.RowFormat;
import io.gapo.ops.feed.RowReader;
import io.gapo.ops.feed.RowSource;
import io.gapo.ops.feed.ShuffledRows;
import io.gapo.ops.feed.SkippedRows;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
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
  private static final String AUTO = "auto";

  @Parameters(
      paramLabel = "FILE",
      description = "JSON lines or Parquet; - reads JSON lines from standard input.")
  private String file = STANDARD_INPUT;

  @ArgGroup(exclusive = false, validate = false, heading = "%nWhat the rows are:%n")
  private FeedFormatOptions rows = new FeedFormatOptions();

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
    requireConsistent();
    KafkaConfig kafka = settings.kafka();
    try (RowSource source = open();
        FirstRows first = new FirstRows(source);
        PromptFeeder feeder = PromptFeeder.open(kafka);
        SkippedRows skipped =
            skippedFile == null ? SkippedRows.inMemory() : SkippedRows.to(skippedFile);
        HeldOut heldOut = choice.heldOut()) {
      Optional<RowReader> reader = rows.raw ? Optional.empty() : Optional.of(reader(first));
      FeedProgress progress =
          new FeedProgress(
              name(),
              err(),
              new LiveLine(err(), Terminal.is(Terminal.Stream.ERROR), System::nanoTime),
              skipped);
      LineFeed feed =
          new LineFeed(feeder::feed, choice.options(reader, heldOut), FedIds.of(kafka), progress);
      LineFeed.Report report = feedAll(feed, first);
      progress.end();
      FeedSummary summary =
          new FeedSummary(
              name(),
              reader.map(used -> used.format().spelling()).orElse("raw"),
              feeder.topic(),
              choice.repeat,
              report);
      summary.print(skipped, out());
      int exitCode = report.invalid() == 0 || rows.raw ? ExitCode.OK : ExitCode.SOFTWARE;
      if (json != null) {
        summary.write(json, exitCode);
      }
      adviseWhereNothingIsAPrompt(report);
      return exitCode;
    }
  }

  private LineFeed.Report feedAll(LineFeed feed, RowSource first) throws IOException {
    LineFeed.Report report;
    try (RowSource pass = inOrder(first)) {
      report = feed.feed(pass, 1);
    }
    for (int pass = 2; pass <= choice.repeat; pass++) {
      try (RowSource again = inOrder(open())) {
        report = feed.feed(again, pass);
      }
    }
    return report;
  }

  private RowSource inOrder(RowSource source) throws IOException {
    return choice.shuffle ? ShuffledRows.of(source, choice.seed) : source;
  }

  private RowReader reader(FirstRows first) throws IOException {
    if (!rows.format.equals(AUTO)) {
      return new RowReader(
          RowFormat.of(rows.format).orElseThrow(), rows.column(), rows.labelColumn());
    }
    FormatDetection detected = FormatDetection.of(first.peek(), first.columns(), rows.column());
    out()
        .println(
            "%s is read as format %s: %s"
                .formatted(name(), detected.format().spelling(), detected.because()));
    out().flush();
    return new RowReader(detected.format(), rows.column(), rows.labelColumn());
  }

  private void adviseWhereNothingIsAPrompt(LineFeed.Report report) {
    if (!rows.raw && report.rows() > 0 && report.invalid() == report.rows()) {
      err()
          .println(
              "no row of %s is a prompt: name its format by --format, or its column by --column"
                  .formatted(name()));
      err().flush();
    }
  }

  private void requireConsistent() {
    OptionBounds.requireAtLeast(spec, "--repeat", choice.repeat, 1);
    if (choice.repeat > 1 && rows.raw) {
      throw refused("--raw feeds lines as they are, and --repeat gives them new ids: choose one");
    }
    if (choice.repeat > 1 && file.equals(STANDARD_INPUT)) {
      throw refused("standard input can be read only once: name a file to --repeat");
    }
    choice
        .problem()
        .ifPresent(
            problem -> {
              throw refused(problem);
            });
    rows.problem()
        .ifPresent(
            problem -> {
              throw refused(problem);
            });
    if (rows.raw && choice.heldOutFile != null) {
      throw refused("--raw feeds every line as it is, and --held-out does not: choose one");
    }
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

  private RowSource open() throws IOException {
    if (file.equals(STANDARD_INPUT)) {
      return new InputLines(new BufferedInputStream(System.in));
    }
    Path path = Path.of(file);
    if (Files.isDirectory(path)) {
      throw new CommandFailedException(file + " is a directory: name a file of prompts");
    }
    if (rows.raw) {
      return new InputLines(new BufferedInputStream(Files.newInputStream(path)));
    }
    return new PromptFile(path).open(rows.columns());
  }
}
