package io.gapo.runtime.checkpoint;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.safetensors.PendingTensor;
import io.gapo.runtime.safetensors.TensorValues;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a policy directory in Hugging Face's layout out of a trained policy, to be sampled from,
 * trained further, or opened by other tools.
 */
public final class PolicyExport {

  private PolicyExport() {}

  /**
   * Writes {@code model.safetensors} and copies configuration and tokenizer from the policy that
   * training began with. Files of these names are replaced, {@code model.safetensors} last, when
   * all are written; until then nothing is. Where the configuration names an element type, it names
   * the new one, so that transformers does not round what was written.
   *
   * @param target made if it does not exist
   * @param origin the policy directory that training began with
   * @param dataType to store the tensors in; narrower ones are rounded to nearest even
   * @throws UnusablePolicyException naming the tensor that does not fit the configuration, or is
   *     not finite, or what the target holds that this would spoil
   * @throws io.gapo.runtime.llama.UnsupportedModelException if nothing here could open the policy
   * @throws UncheckedIOException if a file cannot be read or written
   */
  public static void write(Path target, Path origin, List<NamedTensor> tensors, DataType dataType) {
    writePending(
        target,
        origin,
        tensors.stream()
            .map(
                tensor ->
                    new PendingTensor(
                        tensor.name(),
                        dataType,
                        tensor.shape(),
                        () -> TensorValues.convert(tensor, dataType)))
            .toList(),
        dataType);
  }

  /**
   * Writes a policy with one tensor at a time on the heap; see {@link #write}.
   *
   * @param tensors all of {@code dataType}
   */
  public static void writePending(
      Path target, Path origin, List<PendingTensor> tensors, DataType dataType) {
    ExportTarget.requireForPolicy(target);
    requireFit(origin, tensors);
    ModelFiles.write(target, origin, config -> {}, tensors, dataType);
  }

  private static void requireFit(Path origin, List<PendingTensor> tensors) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    tensors.forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
    PolicyFit.difference(origin, shapes)
        .ifPresent(
            difference -> {
              throw new UnusablePolicyException(
                  "%s: the tensors are not those of %s".formatted(difference, origin));
            });
  }
}
