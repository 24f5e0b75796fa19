package io.gapo.runtime.checkpoint;

import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaLayout;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.lora.PeftAdapter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whether tensors are those of the policy that a directory's configuration describes. */
public final class PolicyFit {

  private PolicyFit() {}

  /**
   * The first tensor that is missing, strange or of another shape, in words. Tensors that the model
   * does not read fit if the directory's own files have them too.
   *
   * @param origin directory of the configuration; its tensors need not be there
   * @param shapes by name
   * @return empty if all fit
   * @throws io.gapo.runtime.llama.UnsupportedModelException if the configuration is of a model that
   *     cannot be opened
   */
  public static Optional<String> difference(Path origin, Map<String, long[]> shapes) {
    Map<String, long[]> expected =
        LlamaLayout.shapes(LlamaConfig.read(origin), OutputLayer.VOCABULARY);
    Set<String> further = new TreeSet<>(shapes.keySet());
    further.removeAll(expected.keySet());
    if (!further.isEmpty() && PretrainedTensors.isIn(origin)) {
      try (PretrainedTensors own = PretrainedTensors.open(origin)) {
        further.removeAll(own.names());
      }
    }
    return difference(expected, shapes, origin).or(() -> strange(further, origin));
  }

  /** What {@link #difference(Path, Map)} says, for the tensors of the policy's adapter. */
  public static Optional<String> difference(
      Path origin, LoraSettings adapter, Map<String, long[]> shapes) {
    Map<String, long[]> expected = PeftAdapter.shapes(LlamaConfig.read(origin), adapter);
    Set<String> further = new TreeSet<>(shapes.keySet());
    further.removeAll(expected.keySet());
    return difference(expected, shapes, origin).or(() -> strange(further, origin));
  }

  private static Optional<String> difference(
      Map<String, long[]> expected, Map<String, long[]> shapes, Path origin) {
    for (Map.Entry<String, long[]> each : expected.entrySet()) {
      long @Nullable [] shape = shapes.get(each.getKey());
      if (!Arrays.equals(shape, each.getValue())) {
        return Optional.of(
            "tensor '%s' is %s, %s says %s"
                .formatted(
                    each.getKey(),
                    shape == null ? "missing" : Arrays.toString(shape),
                    origin.resolve(LlamaConfig.FILE),
                    Arrays.toString(each.getValue())));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> strange(Set<String> names, Path origin) {
    return names.stream()
        .findFirst()
        .map(
            name ->
                "tensor '%s' is none of the model that %s describes"
                    .formatted(name, origin.resolve(LlamaConfig.FILE)));
  }
}
