package io.gapo.runtime.sampling;

import io.gapo.core.settings.Bounds;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.PromptTemplate;
import java.util.Optional;

/**
 * How responses are sampled.
 *
 * @param slots sequences that are decoded together; key/value cache is allocated for all of them
 * @param maxPromptTokens a templated prompt of more tokens is rejected
 * @param maxResponseTokens a response ends here at the latest
 * @param temperature divides the logits, above 0
 * @param template what the policy reads around a prompt; empty for its own chat template
 * @param preferences how the preferences that prompts carry are read
 */
public record SamplerSettings(
    int slots,
    int maxPromptTokens,
    int maxResponseTokens,
    double temperature,
    Optional<PromptTemplate> template,
    PreferenceText preferences) {

  public SamplerSettings {
    Bounds.atLeast("slots", slots, 1);
    Bounds.atLeast("max-prompt-tokens", maxPromptTokens, 1);
    Bounds.atLeast("max-response-tokens", maxResponseTokens, 1);
    Bounds.positive("temperature", temperature);
  }

  /** Settings of a policy that reads no preferences. */
  public SamplerSettings(
      int slots,
      int maxPromptTokens,
      int maxResponseTokens,
      double temperature,
      PromptTemplate template) {
    this(
        slots,
        maxPromptTokens,
        maxResponseTokens,
        temperature,
        Optional.of(template),
        PreferenceText.NONE);
  }

  /** A copy with another text for preferences. */
  public SamplerSettings with(PreferenceText other) {
    return new SamplerSettings(
        slots, maxPromptTokens, maxResponseTokens, temperature, template, other);
  }

  /** The longest sequence, prompt and response together. */
  int positions() {
    return Math.addExact(maxPromptTokens, maxResponseTokens);
  }
}
