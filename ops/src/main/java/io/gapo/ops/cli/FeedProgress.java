package io.gapo.ops.cli;

import io.gapo.ops.display.LiveLine;
import io.gapo.ops.feed.LineFeed;
import io.gapo.ops.feed.SkipReason;
import io.gapo.ops.feed.SkippedRows;
import java.io.PrintWriter;
import java.util.Locale;

/** Shows how a feed goes, and names the first rows that are invalid or left out. */
final class FeedProgress implements LineFeed.Listener {

  private static final int COMPLAINTS_SHOWN = 20;

  private final String source;
  private final PrintWriter err;
  private final LiveLine progress;
  private final SkippedRows skipped;
  private long invalid;
  private long leftOut;

  /**
   * @param skipped is told of all of them
   */
  FeedProgress(String source, PrintWriter err, LiveLine progress, SkippedRows skipped) {
    this.source = source;
    this.err = err;
    this.progress = progress;
    this.skipped = skipped;
  }

  @Override
  public synchronized void skipped(long row, SkipReason reason, String detail) {
    skipped.add(row, reason, detail);
    long before = reason.isInvalid() ? invalid++ : leftOut++;
    if (before < COMPLAINTS_SHOWN) {
      progress.clear();
      err.println("%s:%s: %s".formatted(source, row, detail));
    }
  }

  @Override
  public synchronized void accepted(long prompts) {
    progress.show(() -> String.format(Locale.ROOT, "%,d prompts fed", prompts));
  }

  synchronized void end() {
    progress.clear();
    if (invalid > COMPLAINTS_SHOWN) {
      err.println("... and %s more invalid rows".formatted(invalid - COMPLAINTS_SHOWN));
    }
    if (leftOut > COMPLAINTS_SHOWN) {
      err.println("... and %s more rows left out".formatted(leftOut - COMPLAINTS_SHOWN));
    }
    err.flush();
  }
}
