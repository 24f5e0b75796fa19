package io.gapo.hub;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Progress as lines of text: one at every tenth, and at least one every few seconds. */
public final class ProgressLines implements Progress {

  private static final Duration AT_LEAST_EVERY = Duration.ofSeconds(5);
  private static final int TENTHS = 10;
  private static final int UNITS = 1000;

  private final String model;
  private final Consumer<String> lines;
  private final LongSupplier nanoTime;
  private long lastTime;
  private long lastTenth;

  /**
   * For one model.
   *
   * @param lines takes each line
   * @param nanoTime such as {@link System#nanoTime}
   */
  public ProgressLines(HubModel model, Consumer<String> lines, LongSupplier nanoTime) {
    this.model = model.toString();
    this.lines = lines;
    this.nanoTime = nanoTime;
    this.lastTime = nanoTime.getAsLong();
  }

  @Override
  public synchronized void note(String message) {
    lines.accept("%s: %s".formatted(model, message));
  }

  @Override
  public synchronized void advanced(String file, long done, long total) {
    long now = nanoTime.getAsLong();
    long tenth = (long) ((double) done / total * TENTHS);
    if (tenth == lastTenth && now - lastTime < AT_LEAST_EVERY.toNanos()) {
      return;
    }
    lastTenth = tenth;
    lastTime = now;
    lines.accept(
        String.format(
            Locale.ROOT,
            "%s: %.0f %% of %s, at %s",
            model,
            Math.floor(100.0 * done / total),
            size(total),
            file));
  }

  /** A number of bytes for people. */
  static String size(long bytes) {
    double number = bytes;
    for (String unit : new String[] {"bytes", "kB", "MB", "GB"}) {
      if (number < UNITS) {
        return String.format(
            Locale.ROOT, unit.equals("bytes") ? "%.0f %s" : "%.1f %s", number, unit);
      }
      number /= UNITS;
    }
    return String.format(Locale.ROOT, "%.1f TB", number);
  }
}
