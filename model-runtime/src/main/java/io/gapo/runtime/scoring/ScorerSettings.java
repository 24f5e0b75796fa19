package io.gapo.runtime.scoring;

import io.gapo.core.settings.Bounds;
import io.gapo.runtime.text.PromptTemplate;
import java.util.Optional;

/**
 * How a score model is used.
 *
 * @param template what the model reads around a prompt; empty for its own chat template
 * @param negate whether the model's score grows with what is to be avoided, as a cost does
 * @param batchTokens the most tokens, padding included, that go through the model at once; a longer
 *     text goes alone
 */
public record ScorerSettings(Optional<PromptTemplate> template, boolean negate, int batchTokens) {

  public ScorerSettings {
    Bounds.atLeast("batch-tokens", batchTokens, 1);
  }

  /** Settings of a model that reads this template. */
  public ScorerSettings(PromptTemplate template, boolean negate, int batchTokens) {
    this(Optional.of(template), negate, batchTokens);
  }
}
