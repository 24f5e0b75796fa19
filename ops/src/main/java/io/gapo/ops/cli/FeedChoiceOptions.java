package io.gapo.ops.cli;

import io.gapo.ops.feed.HeldOut;
import io.gapo.ops.feed.LineFeed;
import io.gapo.ops.feed.RowReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which rows of a file of prompts are fed. */
final class FeedChoiceOptions {

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Feeds the first N prompts; with --shuffle, N random ones.")
  private @Nullable Long limit;

  @Option(
      names = "--raw",
      description = "Feeds every line as it is, even if it is no prompt: for tests of quarantine.")
  boolean raw;

  @Option(
      names = "--shuffle",
      description = {
        "Feeds the rows in random order, every order equally likely, the same in every pass. The",
        "file is read to its end first: its rows lie in a temporary file, and 8 bytes for each in",
        "memory."
      })
  boolean shuffle;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Decides the order of --shuffle (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--repeat",
      paramLabel = "N",
      description = {
        "Feeds the file N times (default: ${DEFAULT-VALUE}), for as many epochs. In pass 2 a prompt",
        "with id p1 gets the id p1~2, and so on; what was fed before is left out."
      })
  int repeat = 1;

  @Option(
      names = "--keep-duplicates",
      description = {
        "Feeds rows too that ask what an earlier row asks: the same conversation with the same",
        "preference. Without it the first of them is fed."
      })
  private boolean keepDuplicates;

  @Option(
      names = "--held-out",
      paramLabel = "SHARE",
      description = {
        "Feeds all prompts but this share, 0.05 for instance, which --held-out-file takes. The hash",
        "of the text decides, so a text is held out of every file and in every run, or never."
      })
  private @Nullable Double share;

  @Option(
      names = "--held-out-file",
      paramLabel = "FILE",
      description = "Where the share held out is written, in the project's own format.")
  @Nullable Path heldOutFile;

  LineFeed.Options options(Optional<RowReader> reader, HeldOut heldOut) {
    return new LineFeed.Options(
        reader, !keepDuplicates, heldOut, limit == null ? Long.MAX_VALUE : limit);
  }

  HeldOut heldOut() throws IOException {
    return heldOutFile == null || share == null
        ? HeldOut.nothing()
        : HeldOut.to(heldOutFile, share);
  }

  /** What is wrong with the options, if anything. */
  Optional<String> problem() {
    if (limit != null && limit < 1) {
      return Optional.of("--limit must be at least 1, was " + limit);
    }
    if ((share == null) != (heldOutFile == null)) {
      return Optional.of("--held-out and --held-out-file need each other: give both or none");
    }
    if (share != null && !(share > 0 && share < 1)) {
      return Optional.of("--held-out must be between 0 and 1, was " + share);
    }
    if (raw && heldOutFile != null) {
      return Optional.of("--raw feeds every line as it is, and --held-out does not: choose one");
    }
    if (raw && repeat > 1) {
      return Optional.of(
          "--raw feeds lines as they are, and --repeat gives them new ids: choose one");
    }
    return Optional.empty();
  }
}
