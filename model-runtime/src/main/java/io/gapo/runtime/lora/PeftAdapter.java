package io.gapo.runtime.lora;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.files.StagedFiles;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An adapter on the heap, as {@code peft} keeps one in a directory: {@code adapter_config.json} and
 * {@code adapter_model.safetensors}.
 *
 * @param tensors under peft's names
 */
public record PeftAdapter(LoraSettings settings, List<NamedTensor> tensors) {

  static final String CONFIG = "adapter_config.json";
  static final String TENSORS = "adapter_model.safetensors";
  private static final String PICKLE = "adapter_model.bin";

  public PeftAdapter {
    tensors = List.copyOf(tensors);
  }

  /** Whether a directory holds an adapter. */
  public static boolean isIn(Path directory) {
    return Files.isRegularFile(directory.resolve(CONFIG));
  }

  /** Whether a tensor of a policy is of its adapter, by its name. */
  public static boolean isOfAdapter(NamedTensor tensor) {
    return LoraLayout.isOfAdapter(tensor.name());
  }

  /**
   * Shape of each tensor of an adapter by name, in order.
   *
   * @param config of the model that it adds to
   */
  public static Map<String, long[]> shapes(LlamaConfig config, LoraSettings settings) {
    return new LoraLayout(config, settings).shapes();
  }

  /**
   * Reads an adapter.
   *
   * @param config of the model that it adds to
   * @throws UnsupportedAdapterException naming what is not supported, or does not fit the model
   * @throws UncheckedIOException if a file cannot be read
   */
  public static PeftAdapter read(Path directory, LlamaConfig config) {
    Path file = directory.resolve(TENSORS);
    LoraSettings settings = AdapterConfigJson.read(directory.resolve(CONFIG));
    if (!Files.exists(file) && Files.exists(directory.resolve(PICKLE))) {
      throw new UnsupportedAdapterException(
          directory.resolve(PICKLE),
          "a pickle is never loaded, it may run code; save the adapter as safetensors"
              + " (peft: save_pretrained)");
    }
    List<NamedTensor> tensors = SafetensorsFile.readAll(file);
    try {
      new LoraLayout(config, settings).require(tensors);
    } catch (IllegalArgumentException e) {
      throw new UnsupportedAdapterException(
          file, "does not fit %s and the model: %s".formatted(CONFIG, e.getMessage()));
    }
    return new PeftAdapter(settings, tensors);
  }

  /**
   * Writes the two files, the tensors last, or none.
   *
   * @param target made if it does not exist
   * @param base where the model is that it adds to, for whoever loads it
   * @param dataType to store the tensors in
   * @throws UncheckedIOException if a file cannot be written
   */
  public void write(Path target, Path base, DataType dataType) {
    StagedFiles.write(
        target,
        TENSORS,
        staging -> {
          AdapterConfigJson.write(staging.resolve(CONFIG), settings, base);
          SafetensorsFile.write(
              staging.resolve(TENSORS),
              tensors.stream().map(tensor -> TensorValues.convert(tensor, dataType)).toList(),
              Map.of("format", "pt"));
        });
  }
}
