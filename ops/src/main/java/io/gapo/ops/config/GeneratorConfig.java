package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.actors.generator.GeneratorSettings;
import io.gapo.core.flow.AdmissionQuota;
import io.gapo.core.flow.Backoff;
import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.settings.InvalidSettingException;
import io.gapo.runtime.sampling.SamplerSettings;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.PromptTemplate;
import java.util.List;
import java.util.Optional;

/**
 * How rollouts are generated: most of it is under {@code gapo.sampling}; units and defaults are in
 * reference.conf.
 */
public record GeneratorConfig(GeneratorSettings stage, SamplerSettings sampler) {

  public GeneratorConfig {
    if (sampler.slots() < stage.samplesPerPrompt()) {
      throw new InvalidSettingException(
          "slots",
          "must be at least gapo.sampling.samples-per-prompt (%s), was %s"
              .formatted(stage.samplesPerPrompt(), sampler.slots()));
    }
  }

  static GeneratorConfig from(
      Config root, List<String> objectives, CombinationConfig combination, Backoff backoff) {
    Block sampling = Block.of(root, "gapo.sampling");
    return sampling.make(
        () ->
            new GeneratorConfig(
                stage(sampling, Block.of(root, "gapo.training"), backoff),
                new SamplerSettings(
                    sampling.wholeNumber("slots"),
                    sampling.wholeNumber("max-prompt-tokens"),
                    sampling.wholeNumber("max-response-tokens"),
                    sampling.number("temperature"),
                    sampling.has("template") ? Optional.of(template(sampling)) : Optional.empty(),
                    preferences(sampling, objectives, combination))));
  }

  private static PromptTemplate template(Block block) {
    return block.make("template", () -> new PromptTemplate(block.text("template")));
  }

  private static GeneratorSettings stage(Block sampling, Block training, Backoff backoff) {
    return new GeneratorSettings(
        sampling.wholeNumber("samples-per-prompt"),
        sampling.longNumber("seed"),
        quota(training),
        backoff,
        training.flag("reproducible"));
  }

  /** The quota for all collectors together. */
  private static AdmissionQuota quota(Block training) {
    return training.make(
        () ->
            new AdmissionQuota(
                    training.wholeNumber("batch-size"),
                    new StalenessLimit(training.wholeNumber("max-staleness")))
                .times(training.wholeNumber("collectors")));
  }

  private static PreferenceText preferences(
      Block sampling, List<String> objectives, CombinationConfig combination) {
    boolean conditioned = combination.isConditioned();
    return sampling.make(
        "preference-template",
        () ->
            new PreferenceText(
                objectives,
                sampling.text("preference-template"),
                conditioned ? combination.promptPreference() : Optional.empty(),
                conditioned));
  }
}
