package io.gapo.lab.report;

import java.util.Map;

/**
 * A policy's answer to a prompt. Both texts are untrusted.
 *
 * @param scores by objective
 */
public record Answer(String prompt, String response, Map<String, Double> scores) {

  public Answer {
    scores = Ordered.copyOf(scores);
  }
}
