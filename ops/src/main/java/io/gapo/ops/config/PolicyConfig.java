package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.hub.HubModel;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.lora.LoraSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Settings under {@code gapo.policy}; units and defaults are in reference.conf.
 *
 * @param directory may be empty where no stage needs it, or a name on the hub where no stage of
 *     this process does
 * @param adapter directory of an adapter to start from, or its name as above; empty if there is
 *     none
 * @param lora a new adapter, if one is to be trained
 */
public record PolicyConfig(String directory, String adapter, Optional<LoraSettings> lora) {

  private static final String LORA = "gapo.policy.lora";

  public PolicyConfig {
    if (!adapter.isBlank() && lora.isPresent()) {
      throw new ConfigurationException(
          LORA + ".rank",
          "and gapo.policy.adapter are both set: an adapter's own files say what it is,"
              + " leave the rank null");
    }
    if (!adapter.isBlank()
        && HubModel.parse(adapter).isEmpty()
        && !Files.isDirectory(Path.of(adapter))) {
      throw GapoConfig.noDirectory(
          "gapo.policy.adapter",
          Path.of(adapter),
          "adapter_config.json and adapter_model.safetensors");
    }
  }

  /**
   * Looks whether a model has room for the new adapter, if there is to be one.
   *
   * @param policy directory of the model
   * @throws ConfigurationException if not
   */
  public void requireFittingAdapter(Path policy) {
    if (lora.isEmpty()) {
      return;
    }
    try {
      lora.get().requireRoom(LlamaConfig.read(policy));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          LORA + ".rank", "does not fit %s: %s".formatted(policy, e.getMessage()));
    }
  }

  static PolicyConfig from(Config root) {
    Block policy = Block.of(root, "gapo.policy");
    Block lora = policy.block("lora");
    return new PolicyConfig(
        policy.text("directory"),
        policy.text("adapter"),
        lora.has("rank") ? Optional.of(lora(lora)) : Optional.empty());
  }

  private static LoraSettings lora(Block lora) {
    return lora.make(
        () ->
            new LoraSettings(
                lora.wholeNumber("rank"), lora.number("alpha"), lora.texts("targets")));
  }
}
