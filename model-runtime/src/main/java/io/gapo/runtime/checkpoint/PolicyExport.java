package io.gapo.runtime.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.files.DurableFiles;
import io.gapo.runtime.safetensors.PendingTensor;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Makes a policy directory in Hugging Face's layout out of a trained policy, to be sampled from,
 * trained further, or opened by other tools.
 */
public final class PolicyExport {

  private static final String CONFIG = "config.json";
  private static final String TOKENIZER = "tokenizer.json";
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
   * training began with. Files of these names are replaced; {@code model.safetensors} comes last.
   * Where the configuration names an element type, it names the new one, so that transformers does
   * not round what was written.
   *
   * @param target made if it does not exist
   * @param origin the policy directory that training began with
   * @param dataType to store the tensors in; narrower ones are rounded to nearest even
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
   * As {@link #write}, with one tensor at a time on the heap.
   *
   * @param tensors all of {@code dataType}
   */
  public static void writePending(
      Path target, Path origin, List<PendingTensor> tensors, DataType dataType) {
    try {
      Files.createDirectories(target);
      byte[] config = Files.readAllBytes(origin.resolve(CONFIG));
      DurableFiles.replace(target.resolve(CONFIG), withType(config, dataType));
      copy(origin.resolve(TOKENIZER), target.resolve(TOKENIZER));
      for (String name : OPTIONAL) {
        if (Files.exists(origin.resolve(name))) {
          copy(origin.resolve(name), target.resolve(name));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot export a policy to %s: %s".formatted(target, e.getMessage()), e);
    }
    SafetensorsFile.writePending(
        target.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
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

  private static void copy(Path from, Path to) throws IOException {
    if (!Files.exists(to) || !Files.isSameFile(from, to)) {
      DurableFiles.replace(to, Files.readAllBytes(from));
    }
  }
}
