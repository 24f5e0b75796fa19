package io.gapo.ops.cli;

import io.gapo.ops.display.LiveLine;
import io.gapo.ops.display.Terminal;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gapo feed}: prompts from a file into their topic. */
@Command(
    name = "feed",
    description = "Feeds prompts to a running pipeline.",
    footer = {
      "",
      "A line is {\"id\": \"...\", \"prompt\": \"...\"}; the id may be left out. Lines that are no",
      "prompts are named and left out, and the exit code is then 1."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class FeedCommand implements Callable<Integer> {

  private static final int COMPLAINTS_SHOWN = 20;

  @Parameters(paramLabel = "FILE", description = "One JSON prompt a line; - reads standard input.")
  private String file = "-";

  @Option(
      names = "--raw",
      description = "Feeds every line as it is, even if it is no prompt: for tests of quarantine.")
  private boolean raw;

  @Mixin private final SettingsOptions settings = new SettingsOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (InputStream input = open();
        PromptFeeder feeder = PromptFeeder.open(settings.kafka())) {
      Complaints complaints =
          new Complaints(
              file.equals("-") ? "standard input" : file,
              err,
              new LiveLine(err, Terminal.is(Terminal.Stream.ERROR), System::nanoTime));
      LineFeed.Report report = new LineFeed(feeder::feed, raw, complaints).feed(input);
      complaints.end();
      out.println(
          "%s prompts fed to %s, %s invalid lines%s"
              .formatted(
                  report.accepted(),
                  feeder.topic(),
                  report.invalid(),
                  raw && report.invalid() > 0 ? " among them" : ""));
      out.flush();
      return report.invalid() == 0 || raw ? ExitCode.OK : ExitCode.SOFTWARE;
    }
  }

  private InputStream open() throws IOException {
    if (file.equals("-")) {
      return new BufferedInputStream(System.in);
    }
    Path path = Path.of(file);
    if (Files.isDirectory(path)) {
      throw new CommandFailedException(
          file + " is a directory: name a file with one prompt a line");
    }
    return new BufferedInputStream(Files.newInputStream(path));
  }

  /** Shows progress and names the first invalid lines. */
  private static final class Complaints implements LineFeed.Listener {

    private final String source;
    private final PrintWriter err;
    private final LiveLine progress;
    private long invalid;

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
    public synchronized void accepted(long lines) {
      progress.show(() -> String.format(Locale.ROOT, "%,d prompts fed", lines));
    }

    synchronized void end() {
      progress.clear();
      if (invalid > COMPLAINTS_SHOWN) {
        err.println("... and %s more invalid lines".formatted(invalid - COMPLAINTS_SHOWN));
      }
      err.flush();
    }
  }
}
