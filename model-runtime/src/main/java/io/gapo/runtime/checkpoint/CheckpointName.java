package io.gapo.runtime.checkpoint;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A checkpoint's directory name.
 *
 * @param revision 0 the first time a version is saved, then counted up
 */
record CheckpointName(long version, int revision) {

  static final Comparator<CheckpointName> NEWEST_FIRST =
      Comparator.comparingLong(CheckpointName::version)
          .thenComparingInt(CheckpointName::revision)
          .reversed();

  private static final Pattern NAME = Pattern.compile("version-(\\d{8,18})(?:\\.(\\d{1,9}))?");

  static Optional<CheckpointName> parse(String name) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int revision = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
    return Optional.of(new CheckpointName(Long.parseLong(matcher.group(1)), revision));
  }

  CheckpointName again() {
    return new CheckpointName(version, revision + 1);
  }

  @Override
  public String toString() {
    String name = String.format(Locale.ROOT, "version-%08d", version);
    return revision == 0 ? name : name + "." + revision;
  }
}
