package io.gapo.ops.pipeline;

import io.gapo.core.rollout.Prompt;
import io.gapo.ops.config.GapoConfig;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Warns once where prompts carry preferences that the policy reads and the method does not weigh
 * by: it would learn that the words mean nothing.
 */
final class UnweighedPreferences {

  private final boolean matters;
  private final String method;
  private final Consumer<String> warn;
  private final AtomicBoolean warned = new AtomicBoolean();

  /**
   * Of a run.
   *
   * @param warn takes the warning, if there is one
   */
  UnweighedPreferences(GapoConfig config, Consumer<String> warn) {
    this.matters =
        !config.combination().isConditioned()
            && !config.generator().sampler().preferences().pattern().isEmpty();
    this.method = config.combination().method().spelling();
    this.warn = warn;
  }

  /** Looks at a prompt; from any thread. */
  void look(Prompt prompt) {
    if (matters && prompt.preference().isPresent() && warned.compareAndSet(false, true)) {
      warn.accept(
          "Prompt %s carries a preference, which the policy reads, but gapo.combination.method %s does"
                  .formatted(prompt.id(), method)
              + " not weigh by: set gapo.sampling.preference-template to \"\", or a conditioned"
              + " method. Other prompts are not named");
    }
  }
}
