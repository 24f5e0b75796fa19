package io.gapo.runtime.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.files.DurableFiles;
import io.gapo.runtime.files.StagedFiles;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.safetensors.PendingTensor;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.text.TextCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a policy directory in Hugging Face's layout out of a trained policy, to be sampled from,
 * trained further, or opened by other tools.
 */
public final class PolicyExport {

  private static final List<String> OPTIONAL =
      List.of(
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "tokenizer.model",
          "chat_template.jinja",
          "generation_config.json");

  /** How transformers 5 and 4 call the element type that they load a model in. */
  private static final List<String> TYPE_KEYS = List.of("dtype", "torch_dtype");

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
    Map<String, byte[]> copies = copies(target, origin, dataType);
    List<PendingTensor> finite = tensors.stream().map(PolicyExport::finite).toList();
    StagedFiles.write(
        target,
        PretrainedTensors.FILE,
        staging -> {
          copies.forEach((name, bytes) -> DurableFiles.replace(staging.resolve(name), bytes));
          SafetensorsFile.writePending(
              staging.resolve(PretrainedTensors.FILE), finite, Map.of("format", "pt"));
        });
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

  private static PendingTensor finite(PendingTensor tensor) {
    return new PendingTensor(
        tensor.name(),
        tensor.dataType(),
        tensor.shape(),
        () -> FiniteTensors.require(tensor.values().get()));
  }

  private static Map<String, byte[]> copies(Path target, Path origin, DataType dataType) {
    Map<String, byte[]> copies = new LinkedHashMap<>();
    try {
      copies.put(
          LlamaConfig.FILE,
          withType(Files.readAllBytes(origin.resolve(LlamaConfig.FILE)), dataType));
      copies.put(TextCodec.FILE, Files.readAllBytes(origin.resolve(TextCodec.FILE)));
      for (String name : OPTIONAL) {
        if (Files.exists(origin.resolve(name))) {
          copies.put(name, Files.readAllBytes(origin.resolve(name)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot export a policy to %s: %s".formatted(target, e.getMessage()), e);
    }
    return copies;
  }

  private static byte[] withType(byte[] config, DataType dataType) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    if (!(mapper.readTree(config) instanceof ObjectNode json)) {
      return config;
    }
    String type =
        switch (dataType) {
          case F32 -> "float32";
          case BF16 -> "bfloat16";
          case F16 -> "float16";
        };
    List<String> present = TYPE_KEYS.stream().filter(json::has).toList();
    if (present.stream().allMatch(key -> json.path(key).asText().equals(type))) {
      return config;
    }
    present.forEach(key -> json.put(key, type));
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
  }
}
