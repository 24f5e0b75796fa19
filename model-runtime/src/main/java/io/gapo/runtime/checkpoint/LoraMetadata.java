package io.gapo.runtime.checkpoint;

import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a checkpoint's adapter is, in the header of its tensors: they alone do not tell alpha. */
final class LoraMetadata {

  private static final String RANK = "lora_rank";
  private static final String ALPHA = "lora_alpha";
  private static final String TARGETS = "lora_targets";

  private LoraMetadata() {}

  static Map<String, String> of(Optional<LoraSettings> lora, Map<String, String> further) {
    Map<String, String> metadata = new LinkedHashMap<>(further);
    lora.ifPresent(
        settings -> {
          metadata.put(RANK, Integer.toString(settings.rank()));
          metadata.put(ALPHA, Double.toString(settings.alpha()));
          metadata.put(TARGETS, String.join(",", settings.targets()));
        });
    return metadata;
  }

  static Optional<LoraSettings> read(Path file, Map<String, String> metadata) {
    if (!metadata.containsKey(RANK)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new LoraSettings(
              Integer.parseInt(metadata.get(RANK)),
              Double.parseDouble(metadata.getOrDefault(ALPHA, "missing")),
              List.of(metadata.getOrDefault(TARGETS, "").split(",", -1))));
    } catch (IllegalArgumentException e) {
      throw new MalformedCheckpointException(
          file, "metadata of LoRA cannot be read: " + e.getMessage(), e);
    }
  }
}
