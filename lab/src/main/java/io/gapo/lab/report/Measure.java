package io.gapo.lab.report;

/**
 * What one run's policy reached on the held-out prompts.
 *
 * @param mean over prompts; shares are from 0 to 1, KL is in nats
 * @param standardError of the mean, over prompts; NaN where there is none
 */
public record Measure(double mean, double standardError) {

  public Measure {
    if (standardError < 0) {
      throw new IllegalArgumentException("standardError must be >= 0, was " + standardError);
    }
  }
}
