package io.gapo.ops.config;

import io.gapo.runtime.checkpoint.CheckpointHeader;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaLayout;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.lora.PeftAdapter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint and the settings that training is to continue with. The optimizer would refuse a
 * checkpoint of another policy only once it runs, and then again and again.
 *
 * @param initial what the settings would start from if there were no checkpoint
 * @param objectives of the settings
 */
record Resumption(CheckpointHeader checkpoint, InitialPolicy initial, List<String> objectives) {

  private static final String POLICY = "gapo.policy.directory";
  private static final String OBJECTIVES = "gapo.objectives";
  private static final String ADAPTER = "gapo.policy.adapter";
  private static final String RANK = "gapo.policy.lora.rank";
  private static final String ALPHA = "gapo.policy.lora.alpha";
  private static final String TARGETS = "gapo.policy.lora.targets";
  private static final String NO_ADAPTER = "''";
  private static final String NO_RANK = "null";

  /**
   * Checks whether the checkpoint is of the settings' objectives, adapter and policy.
   *
   * @throws ConfigurationException naming each setting that differs
   */
  void require() {
    List<String> changes = new ArrayList<>();
    changeOfObjectives().ifPresent(changes::add);
    changes.addAll(changesOfAdapter());
    if (changes.isEmpty()) {
      // With another adapter every shape differs.
      changeOfPolicy().ifPresent(changes::add);
    }
    if (!changes.isEmpty()) {
      throw new ConfigurationException(
          "training cannot continue from the checkpoint %s: %s; set it back, or name an empty"
                  .formatted(checkpoint.path(), String.join(", ", changes))
              + " gapo.training.checkpoint-directory and another gapo.kafka.topic-prefix to start"
              + " again from the beginning");
    }
  }

  /** Compares in any order: tensors go by their names. */
  private Optional<String> changeOfObjectives() {
    List<String> saved = checkpoint.objectives();
    return Set.copyOf(saved).equals(Set.copyOf(objectives))
        ? Optional.empty()
        : Optional.of(change(OBJECTIVES, saved, objectives));
  }

  /** By the first tensor that is another one. */
  private Optional<String> changeOfPolicy() {
    Map<String, List<Long>> saved = checkpoint.policyShapes();
    Map<String, List<Long>> expected = new LinkedHashMap<>();
    shapes().forEach((name, shape) -> expected.put(name, Arrays.stream(shape).boxed().toList()));
    Set<String> names = new LinkedHashSet<>(expected.keySet());
    names.addAll(saved.keySet());
    return names.stream()
        .filter(name -> !Objects.equals(saved.get(name), expected.get(name)))
        .findFirst()
        .map(
            name ->
                "%s is now %s, another model: its %s is %s, the checkpoint's %s"
                    .formatted(
                        POLICY,
                        initial.directory(),
                        name,
                        inWords(expected.get(name)),
                        inWords(saved.get(name))));
  }

  /** Shapes of what is trained, by name, if training starts from the settings. */
  private Map<String, long[]> shapes() {
    LlamaConfig config = LlamaConfig.read(initial.directory());
    return initial
        .adapter()
        .map(adapter -> PeftAdapter.shapes(config, adapter.settingsFor(config)))
        .orElseGet(() -> LlamaLayout.shapes(config, OutputLayer.VOCABULARY));
  }

  private List<String> changesOfAdapter() {
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

  private static String inWords(@Nullable List<Long> shape) {
    return shape == null ? "missing" : "of shape " + shape;
  }

  private static String inWords(LoraSettings settings) {
    return "%s with alpha %s and targets %s"
        .formatted(settings.rank(), settings.alpha(), settings.targets());
  }
}
