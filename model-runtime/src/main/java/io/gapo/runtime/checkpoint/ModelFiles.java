package io.gapo.runtime.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.files.DurableFiles;
import io.gapo.runtime.files.StagedFiles;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.safetensors.PendingTensor;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.text.TextCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The files of a model in Hugging Face's layout that was trained from another one. */
public final class ModelFiles {

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

  private static final ObjectMapper JSON = new ObjectMapper();

  private ModelFiles() {}

  /**
   * Writes tensors, and copies configuration, tokenizer and chat template. Files of these names are
   * replaced, {@code model.safetensors} last, when all are written; until then nothing is.
   *
   * @param target made if it does not exist
   * @param origin directory that the other files are copied from
   * @param config changes the configuration; its element type is that of the tensors already
   * @param tensors all of {@code dataType}, one at a time on the heap
   * @throws UnusablePolicyException naming a tensor that is not finite
   * @throws UncheckedIOException if a file cannot be read or written
   */
  public static void write(
      Path target,
      Path origin,
      Consumer<ObjectNode> config,
      List<PendingTensor> tensors,
      DataType dataType) {
    Map<String, byte[]> copies = copies(target, origin, config, dataType);
    List<PendingTensor> finite = tensors.stream().map(ModelFiles::finite).toList();
    StagedFiles.write(
        target,
        PretrainedTensors.FILE,
        staging -> {
          copies.forEach((name, bytes) -> DurableFiles.replace(staging.resolve(name), bytes));
          SafetensorsFile.writePending(
              staging.resolve(PretrainedTensors.FILE), finite, Map.of("format", "pt"));
        });
  }

  private static PendingTensor finite(PendingTensor tensor) {
    return new PendingTensor(
        tensor.name(),
        tensor.dataType(),
        tensor.shape(),
        () -> FiniteTensors.require(tensor.values().get()));
  }

  private static Map<String, byte[]> copies(
      Path target, Path origin, Consumer<ObjectNode> change, DataType dataType) {
    Map<String, byte[]> copies = new LinkedHashMap<>();
    try {
      copies.put(
          LlamaConfig.FILE,
          changed(Files.readAllBytes(origin.resolve(LlamaConfig.FILE)), change, dataType));
      copies.put(TextCodec.FILE, Files.readAllBytes(origin.resolve(TextCodec.FILE)));
      for (String name : OPTIONAL) {
        if (Files.exists(origin.resolve(name))) {
          copies.put(name, Files.readAllBytes(origin.resolve(name)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write a model to %s: %s".formatted(target, e.getMessage()), e);
    }
    return copies;
  }

  private static byte[] changed(byte[] config, Consumer<ObjectNode> change, DataType dataType)
      throws IOException {
    if (!(JSON.readTree(config) instanceof ObjectNode json)) {
      return config;
    }
    ObjectNode before = json.deepCopy();
    String type =
        switch (dataType) {
          case F32 -> "float32";
          case BF16 -> "bfloat16";
          case F16 -> "float16";
        };
    TYPE_KEYS.stream().filter(json::has).forEach(key -> json.put(key, type));
    change.accept(json);
    return json.equals(before)
        ? config
        : JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
  }
}
