package io.gapo.core.settings;

import java.time.Duration;

/** Durations as messages show them, which is as settings spell them: {@code 500ms}, {@code 2s}. */
public final class DurationText {

  private record Unit(String symbol, Duration length) {}

  private static final Unit[] UNITS = {
    new Unit("d", Duration.ofDays(1)),
    new Unit("h", Duration.ofHours(1)),
    new Unit("m", Duration.ofMinutes(1)),
    new Unit("s", Duration.ofSeconds(1)),
    new Unit("ms", Duration.ofMillis(1)),
    new Unit("us", Duration.ofNanos(1_000)),
    new Unit("ns", Duration.ofNanos(1)),
  };

  private DurationText() {}

  /** Exactly, in the largest unit that it is a whole number of. */
  public static String of(Duration duration) {
    for (Unit unit : UNITS) {
      long times = duration.dividedBy(unit.length());
      if (times != 0 && unit.length().multipliedBy(times).equals(duration)) {
        return times + unit.symbol();
      }
    }
    return "0s";
  }

  /** What was measured: in whole seconds, or in milliseconds below one. */
  public static String rounded(Duration measured) {
    return measured.toSeconds() == 0 ? measured.toMillis() + "ms" : measured.toSeconds() + "s";
  }
}
