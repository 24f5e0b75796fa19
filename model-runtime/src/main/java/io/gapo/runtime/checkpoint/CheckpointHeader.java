package io.gapo.runtime.checkpoint;

import io.gapo.runtime.lora.LoraSettings;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a checkpoint says it is of, before its tensors are read.
 *
 * @param path the checkpoint's own directory
 * @param lora what its adapter is; empty if a policy was trained as a whole
 * @param shapes of its tensors by name, in order
 */
public record CheckpointHeader(
    Path path, Optional<LoraSettings> lora, Map<String, List<Long>> shapes) {

  public CheckpointHeader {
    shapes = Collections.unmodifiableMap(new LinkedHashMap<>(shapes));
  }

  /** The objectives that it was trained for, in order: those that have a value head. */
  public List<String> objectives() {
    return shapes.keySet().stream()
        .map(ValueHeadName::objective)
        .flatMap(Optional::stream)
        .distinct()
        .toList();
  }

  /** Shapes of the policy's own tensors, or its adapter's, by name. */
  public Map<String, List<Long>> policyShapes() {
    Map<String, List<Long>> own = new LinkedHashMap<>(shapes);
    own.keySet().removeIf(name -> ValueHeadName.objective(name).isPresent());
    return own;
  }
}
