package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.PromptTemplate;
import java.util.List;
import java.util.Optional;

/** Settings under {@code gapo.sampling}; units and defaults are in reference.conf. */
public record SamplingConfig(
    int samplesPerPrompt,
    double temperature,
    int slots,
    int maxPromptTokens,
    int maxResponseTokens,
    String template,
    String preferenceTemplate,
    long seed) {

  public SamplingConfig {
    Check.atLeast("gapo.sampling.samples-per-prompt", samplesPerPrompt, 1);
    Check.positive("gapo.sampling.temperature", temperature);
    if (slots < samplesPerPrompt) {
      throw new ConfigurationException(
          "gapo.sampling.slots must be at least gapo.sampling.samples-per-prompt (%s), was %s"
              .formatted(samplesPerPrompt, slots));
    }
    Check.atLeast("gapo.sampling.max-prompt-tokens", maxPromptTokens, 1);
    Check.atLeast("gapo.sampling.max-response-tokens", maxResponseTokens, 1);
    int first = template.indexOf(PromptTemplate.PLACEHOLDER);
    if (first < 0 || first != template.lastIndexOf(PromptTemplate.PLACEHOLDER)) {
      throw new ConfigurationException(
          "gapo.sampling.template must have %s exactly once, was '%s'"
              .formatted(PromptTemplate.PLACEHOLDER, template));
    }
    try {
      PreferenceText unused =
          new PreferenceText(List.of(), preferenceTemplate, Optional.empty(), false);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "gapo.sampling.preference-template: %s".formatted(e.getMessage()));
    }
  }

  static SamplingConfig from(Config root) {
    return new SamplingConfig(
        WholeNumber.intAt(root, "gapo.sampling.samples-per-prompt"),
        root.getDouble("gapo.sampling.temperature"),
        WholeNumber.intAt(root, "gapo.sampling.slots"),
        WholeNumber.intAt(root, "gapo.sampling.max-prompt-tokens"),
        WholeNumber.intAt(root, "gapo.sampling.max-response-tokens"),
        root.getString("gapo.sampling.template"),
        root.getString("gapo.sampling.preference-template"),
        WholeNumber.longAt(root, "gapo.sampling.seed"));
  }
}
