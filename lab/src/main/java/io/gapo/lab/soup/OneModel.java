package io.gapo.lab.soup;

import io.gapo.runtime.checkpoint.UnusablePolicyException;
import io.gapo.runtime.llama.ConfigDifference;
import io.gapo.runtime.llama.LlamaConfig;
import java.nio.file.Path;

/** Makes sure that policies are of one model: tensors alone may fit by chance. */
public final class OneModel {

  private OneModel() {}

  /**
   * Compares two policies' configurations.
   *
   * @throws UnusablePolicyException naming both directories and the first key that differs
   * @throws io.gapo.runtime.llama.UnsupportedModelException if one is of a model that is not
   *     supported
   */
  public static void require(Path origin, Path policy) {
    ConfigDifference.between(
            LlamaConfig.readWithoutGeneration(origin), LlamaConfig.readWithoutGeneration(policy))
        .ifPresent(
            difference -> {
              throw new UnusablePolicyException(
                  "%s is %s in %s and %s in %s: a soup needs policies trained from the same start"
                      .formatted(
                          difference.key(),
                          difference.first(),
                          origin.resolve(LlamaConfig.FILE),
                          difference.second(),
                          policy.resolve(LlamaConfig.FILE)));
            });
  }
}
