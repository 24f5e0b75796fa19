package io.gapo.runtime.sampling;

import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.PromptTemplate;

/**
 * How responses are sampled.
 *
 * @param slots sequences that are decoded together; key/value cache is allocated for all of them
 * @param maxPromptTokens a templated prompt of more tokens is rejected
 * @param maxResponseTokens a response ends here at the latest
 * @param temperature divides the logits, above 0
 * @param preferences how the preferences that prompts carry are read
 */
public record SamplerSettings(
    int slots,
    int maxPromptTokens,
    int maxResponseTokens,
    double temperature,
    PromptTemplate template,
    PreferenceText preferences) {

  public SamplerSettings {
    requirePositive("slots", slots);
    requirePositive("maxPromptTokens", maxPromptTokens);
    requirePositive("maxResponseTokens", maxResponseTokens);
    if (!(temperature > 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature must be > 0, was " + temperature);
    }
  }

  /** Settings of a policy that reads no preferences. */
  public SamplerSettings(
      int slots,
      int maxPromptTokens,
      int maxResponseTokens,
      double temperature,
      PromptTemplate template) {
    this(slots, maxPromptTokens, maxResponseTokens, temperature, template, PreferenceText.NONE);
  }

  /** The same, with preferences read otherwise. */
  public SamplerSettings with(PreferenceText other) {
    return new SamplerSettings(
        slots, maxPromptTokens, maxResponseTokens, temperature, template, other);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s must be >= 1, was %s".formatted(name, value));
    }
  }

  /** The longest sequence, prompt and response together. */
  int positions() {
    return Math.addExact(maxPromptTokens, maxResponseTokens);
  }
}
