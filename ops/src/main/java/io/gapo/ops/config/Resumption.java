package io.gapo.ops.config;

import io.gapo.runtime.checkpoint.CheckpointHeader;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.lora.LoraSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A checkpoint and the settings that training is to go on with. The optimizer would refuse a
 * checkpoint of another adapter only once it runs, and then again and again.
 *
 * @param initial what the settings would start from if there were no checkpoint
 */
record Resumption(CheckpointHeader checkpoint, InitialPolicy initial) {

  private static final String ADAPTER = "gapo.policy.adapter";
  private static final String RANK = "gapo.policy.lora.rank";
  private static final String ALPHA = "gapo.policy.lora.alpha";
  private static final String TARGETS = "gapo.policy.lora.targets";
  private static final String NO_ADAPTER = "''";
  private static final String NO_RANK = "null";

  /**
   * Looks whether the checkpoint's adapter is that of the settings.
   *
   * @throws ConfigurationException naming each setting that differs
   */
  void requireSameAdapter() {
    List<String> changes = changes();
    if (!changes.isEmpty()) {
      throw new ConfigurationException(
          "training cannot go on from the checkpoint %s: %s; set it back, or name an empty"
                  .formatted(checkpoint.path(), String.join(", ", changes))
              + " gapo.training.checkpoint-directory to start anew");
    }
  }

  private List<String> changes() {
    if (initial.adapter().isEmpty()) {
      return checkpoint.lora().map(saved -> change(RANK, inWords(saved), NO_RANK)).stream()
          .toList();
    }
    return initial.adapter().get() instanceof AdapterSource.Saved adapter
        ? changes(adapter)
        : changes((AdapterSource.Fresh) initial.adapter().get());
  }

  private List<String> changes(AdapterSource.Saved adapter) {
    LoraSettings settings = adapter.settingsFor(LlamaConfig.read(initial.directory()));
    if (checkpoint.lora().equals(Optional.of(settings))) {
      return List.of();
    }
    return List.of(
        change(
            ADAPTER,
            checkpoint.lora().map(saved -> "of rank " + inWords(saved)).orElse(NO_ADAPTER),
            "%s, of rank %s".formatted(adapter.directory(), inWords(settings))));
  }

  private List<String> changes(AdapterSource.Fresh adapter) {
    LoraSettings settings = adapter.settings();
    if (checkpoint.lora().isEmpty()) {
      return List.of(change(RANK, NO_RANK, settings.rank()));
    }
    LoraSettings saved = checkpoint.lora().get();
    List<String> changes = new ArrayList<>();
    if (saved.rank() != settings.rank()) {
      changes.add(change(RANK, saved.rank(), settings.rank()));
    }
    if (saved.alpha() != settings.alpha()) {
      changes.add(change(ALPHA, saved.alpha(), settings.alpha()));
    }
    if (!saved.targets().equals(settings.targets())) {
      changes.add(change(TARGETS, saved.targets(), settings.targets()));
    }
    return changes;
  }

  private static String change(String setting, Object was, Object is) {
    return "%s was %s and is now %s".formatted(setting, was, is);
  }

  private static String inWords(LoraSettings settings) {
    return "%d with alpha %s and targets %s"
        .formatted(settings.rank(), settings.alpha(), settings.targets());
  }
}
