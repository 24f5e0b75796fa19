package io.gapo.runtime.scoring;

import io.gapo.core.settings.Bounds;
import io.gapo.runtime.text.PromptTemplate;

/**
 * How a score model is used.
 *
 * @param template what the model reads around a prompt
 * @param negate whether the model's score grows with what is to be avoided, as a cost does
 * @param batchTokens the most tokens, padding included, that go through the model at once; a longer
 *     text goes alone
 */
public record ScorerSettings(PromptTemplate template, boolean negate, int batchTokens) {

  public ScorerSettings {
    Bounds.atLeast("batch-tokens", batchTokens, 1);
  }
}
