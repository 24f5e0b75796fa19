package io.gapo.lab.world;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * Two answers to one prompt and what people think of them, in PKU-SafeRLHF's schema (Ji et al.
 * 2024).
 *
 * @param betterResponseId 0 or 1: the more helpful one, harm aside
 * @param saferResponseId 0 or 1: the less harmful one
 */
@JsonPropertyOrder({
  "prompt",
  "response_0",
  "response_1",
  "is_response_0_safe",
  "is_response_1_safe",
  "better_response_id",
  "safer_response_id"
})
public record PreferencePair(
    @JsonProperty("prompt") String prompt,
    @JsonProperty("response_0") String response0,
    @JsonProperty("response_1") String response1,
    @JsonProperty("better_response_id") int betterResponseId,
    @JsonProperty("safer_response_id") int saferResponseId,
    @JsonProperty("is_response_0_safe") boolean response0Safe,
    @JsonProperty("is_response_1_safe") boolean response1Safe) {

  /** The more helpful answer. */
  public String better() {
    return betterResponseId == 0 ? response0 : response1;
  }

  /** The less helpful answer. */
  public String worse() {
    return betterResponseId == 0 ? response1 : response0;
  }

  /** The less harmful answer. */
  public String safer() {
    return saferResponseId == 0 ? response0 : response1;
  }

  /** The more harmful answer. */
  public String unsafer() {
    return saferResponseId == 0 ? response1 : response0;
  }

  /** Whether {@link #safer} does no harm. */
  public boolean saferIsSafe() {
    return saferResponseId == 0 ? response0Safe : response1Safe;
  }

  /** Whether {@link #unsafer} does no harm. */
  public boolean unsaferIsSafe() {
    return saferResponseId == 0 ? response1Safe : response0Safe;
  }
}
