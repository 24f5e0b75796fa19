package io.gapo.streams.sample;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A response, what the objectives make of it, and what became of it.
 *
 * @param scores by objective, of those that have scored it
 */
public record Sample(SampledResponse response, Map<String, Double> scores, RolloutFate fate) {

  public Sample {
    scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
  }
}
