package io.gapo.streams.sample;

import java.util.OptionalLong;

/**
 * Which rollouts are looked for.
 *
 * @param version those whose oldest token is by this policy version; any if empty
 * @param count the newest of them, at most so many
 * @param scanned records of topics {@code rollouts} and {@code scores}, each, that are read at
 *     most: the newest rollouts, and the first scores that may be theirs
 */
public record SampleQuery(OptionalLong version, int count, long scanned) {

  public SampleQuery {
    if (count < 1 || scanned < 1) {
      throw new IllegalArgumentException(
          "count and scanned must be >= 1, were %s and %s".formatted(count, scanned));
    }
  }

  boolean admits(SampledResponse response) {
    return version.isEmpty() || version.getAsLong() == response.oldestVersion();
  }
}
