package io.gapo.runtime.llama;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.text.TinyTokenizer;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Writes the directory of a small random model with a real tokenizer. */
public final class TinyModel {

  public static final int VOCABULARY = 280;
  public static final int HIDDEN_SIZE = 32;
  public static final int MAX_POSITIONS = 96;
  private static final float SPREAD = 8;

  private TinyModel() {}

  /** A configuration with these end tokens. */
  public static LlamaConfig config(Integer... endTokens) {
    return config(new SpecialTokens(OptionalInt.of(1), List.of(endTokens), OptionalInt.of(0)));
  }

  /** A configuration with these special tokens. */
  public static LlamaConfig config(SpecialTokens specialTokens) {
    return config(VOCABULARY, specialTokens);
  }

  /** A configuration for another tokenizer than {@link #write} writes. */
  public static LlamaConfig config(int vocabulary, SpecialTokens specialTokens) {
    return new LlamaConfig(
        vocabulary, HIDDEN_SIZE, 48, 2, 4, 2, 8, 1e-5, 10_000, false, MAX_POSITIONS, specialTokens);
  }

  /** Writes configuration, tokenizer, random tensors and further ones. */
  public static void write(
      Path directory, LlamaConfig config, OutputLayer output, long seed, NamedTensor... further) {
    config.write(directory);
    TinyTokenizer.write(directory);
    List<NamedTensor> tensors = new ArrayList<>(tensors(config, output, seed));
    tensors.addAll(List.of(further));
    SafetensorsFile.write(
        directory.resolve(PretrainedTensors.FILE), tensors, Map.of("format", "pt"));
  }

  /** Adds a token to a model's tokenizer that its vocabulary has no room for. */
  public static void addToken(Path directory, String token) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Path file = directory.resolve(TextCodec.FILE);
    ObjectNode json = (ObjectNode) mapper.readTree(Files.readAllBytes(file));
    // Ids of added tokens follow the vocabulary's, whatever the file says.
    for (int id = json.path("model").path("vocab").size(); id <= VOCABULARY; id++) {
      json.withArray("added_tokens")
          .addObject()
          .put("id", id)
          .put("content", id == VOCABULARY ? token : "<filler %d>".formatted(id))
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", false);
    }
    Files.write(file, mapper.writeValueAsBytes(json));
  }

  /** Random tensors, spread widely enough that next-token distributions are far from uniform. */
  public static List<NamedTensor> tensors(LlamaConfig config, OutputLayer output, long seed) {
    try (TorchRuntime runtime = TorchRuntime.start(TorchSettings.cpu(1));
        LlamaWeights weights = LlamaWeights.random(runtime, config, output, seed)) {
      return weights.toNamedTensors().stream().map(TinyModel::spread).toList();
    }
  }

  private static NamedTensor spread(NamedTensor tensor) {
    if (tensor.shape().length == 1) {
      return tensor;
    }
    return scaled(tensor, SPREAD);
  }

  /** A tensor times a number. */
  public static NamedTensor scaled(NamedTensor tensor, float factor) {
    float[] values = TensorValues.toFloats(tensor);
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return TensorValues.tensor(tensor.name(), tensor.shape(), values);
  }
}
