package io.gapo.streams.sample;

import java.util.List;

/**
 * What was found, and what was not looked at or could not be used.
 *
 * @param samples the newest first
 * @param newestVersion number of the newest policy version that a rollout's token was seen of; -1
 *     if there was no rollout
 * @param isLimited whether {@link SampleQuery#scanned} kept something from being read that is
 *     missing here
 * @param passedOver a sentence each; empty if all that the query means was read
 */
public record SampleReport(
    List<Sample> samples, long newestVersion, boolean isLimited, List<String> passedOver) {

  public SampleReport {
    samples = List.copyOf(samples);
    passedOver = List.copyOf(passedOver);
  }
}
