package io.gapo.ops.cli;

import io.gapo.ops.config.KafkaConfig;
import io.gapo.ops.display.LiveLine;
import io.gapo.ops.display.Terminal;
import io.gapo.ops.feed.FedIds;
import io.gapo.ops.feed.LineFeed;
import io.gapo.ops.feed.PromptFeeder;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
      "A line is {\"id\": \"...\", \"prompt\": \"...\"}; the id may be left out. Lines that are no",
      "prompts are named and left out, and the exit code is then 1. Prompts whose ids are in",
      "the topic already are named and left out too: an id is trained on once."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class FeedCommand implements Callable<Integer> {

  private static final int COMPLAINTS_SHOWN = 20;
  private static final String STANDARD_INPUT = "-";

  @Parameters(paramLabel = "FILE", description = "One JSON prompt a line; - reads standard input.")
  private String file = STANDARD_INPUT;

  @Option(
      names = "--raw",
      description = "Feeds every line as it is, even if it is no prompt: for tests of quarantine.")
  private boolean raw;

  @Option(
      names = "--repeat",
      paramLabel = "N",
      description = {
        "Feeds the file N times (default: ${DEFAULT-VALUE}), for as many epochs. In pass 2 a prompt",
        "with id p1 gets the id p1~2, and so on; what was fed before is left out."
      })
  private int repeat = 1;

  @Mixin private final SettingsOptions settings = new SettingsOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    requireRepeatable();
    KafkaConfig kafka = settings.kafka();
    try (InputStream first = open();
        PromptFeeder feeder = PromptFeeder.open(kafka)) {
      Complaints complaints =
          new Complaints(
              file.equals(STANDARD_INPUT) ? "standard input" : file,
              err,
              new LiveLine(err, Terminal.is(Terminal.Stream.ERROR), System::nanoTime));
      LineFeed feed = new LineFeed(feeder::feed, raw, FedIds.of(kafka), complaints);
      LineFeed.Report report = feed.feed(first, 1);
      for (int pass = 2; pass <= repeat; pass++) {
        try (InputStream again = open()) {
          report = feed.feed(again, pass);
        }
      }
      complaints.end();
      print(report, feeder.topic(), out);
      return report.invalid() == 0 || raw ? ExitCode.OK : ExitCode.SOFTWARE;
    }
  }

  private void requireRepeatable() {
    OptionBounds.requireAtLeast(spec, "--repeat", repeat, 1);
    if (repeat > 1 && (raw || file.equals(STANDARD_INPUT))) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          raw
              ? "--raw feeds lines as they are, and --repeat gives them new ids: choose one"
              : "standard input can be read only once: name a file to --repeat");
    }
  }

  private void print(LineFeed.Report report, String topic, PrintWriter out) {
    out.println(
        "%s prompts fed to %s, %s invalid lines%s"
            .formatted(
                report.accepted(),
                topic,
                report.invalid(),
                raw && report.invalid() > 0 ? " among them" : ""));
    if (report.known() > 0) {
      out.println(
          "%s prompts left out, whose ids were fed before; to train on them again, --repeat %s"
                  .formatted(report.known(), repeat + 1)
              + " gives them new ids");
    }
    out.flush();
  }

  private InputStream open() throws IOException {
    if (file.equals(STANDARD_INPUT)) {
      return new BufferedInputStream(System.in);
    }
    Path path = Path.of(file);
    if (Files.isDirectory(path)) {
      throw new CommandFailedException(
          file + " is a directory: name a file with one prompt a line");
    }
    return new BufferedInputStream(Files.newInputStream(path));
  }

  /** Shows progress and names the first lines that are invalid or left out. */
  private static final class Complaints implements LineFeed.Listener {

    private final String source;
    private final PrintWriter err;
    private final LiveLine progress;
    private long invalid;
    private long known;

    Complaints(String source, PrintWriter err, LiveLine progress) {
      this.source = source;
      this.err = err;
      this.progress = progress;
    }

    @Override
    public synchronized void invalid(long line, String problem) {
      invalid++;
      if (invalid <= COMPLAINTS_SHOWN) {
        progress.clear();
        err.println("%s:%s: %s".formatted(source, line, problem));
      }
    }

    @Override
    public synchronized void known(long line, String id) {
      known++;
      if (known <= COMPLAINTS_SHOWN) {
        progress.clear();
        err.println("%s:%s: prompt id '%s' was fed before".formatted(source, line, id));
      }
    }

    @Override
    public synchronized void accepted(long lines) {
      progress.show(() -> String.format(Locale.ROOT, "%,d prompts fed", lines));
    }

    synchronized void end() {
      progress.clear();
      if (invalid > COMPLAINTS_SHOWN) {
        err.println("... and %s more invalid lines".formatted(invalid - COMPLAINTS_SHOWN));
      }
      if (known > COMPLAINTS_SHOWN) {
        err.println("... and %s more that were fed before".formatted(known - COMPLAINTS_SHOWN));
      }
      err.flush();
    }
  }
}
