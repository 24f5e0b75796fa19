package io.gapo.runtime.scoring;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.ModelJson;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.llama.UnsupportedModelException;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * What turns a hidden state into a score: a linear layer with one output, under the name that one
 * of two layouts gives it.
 *
 * <ul>
 *   <li>Safe RLHF's score models (Dai et al. 2024), {@code score_head.*}: reads the last token;
 *       then, where the configuration says {@code do_normalize}, the normalizer's running mean and
 *       variance.
 *   <li>transformers' {@code ...ForSequenceClassification} with one label, {@code score.*}: reads
 *       the last token that is not {@code pad_token_id} (modeling_layers.py since 4.50). Trainers
 *       without a padding token set it to the end of a sequence: such a model is trained to stand
 *       its score before that token.
 * </ul>
 *
 * @param weight shape (1, D), F32
 * @param bias shape (1), F32
 * @param shift subtracted from the layer's output
 * @param scale what the difference is divided by
 * @param skipped the token that no score stands at, if there is one
 */
record ScoreHead(NDArray weight, NDArray bias, double shift, double scale, OptionalInt skipped) {

  private static final String SAFE_RLHF = "score_head";
  private static final String CLASSIFICATION = "score";
  private static final String MEAN = "normalizer.mean";
  private static final String VARIANCE = "normalizer.var";

  /**
   * A head as a model's files have it.
   *
   * @param weight shape (1, D), F32
   * @param bias shape (1), F32
   */
  record Stored(
      NamedTensor weight, NamedTensor bias, double shift, double scale, OptionalInt skipped) {

    /** In native memory of an owner. */
    ScoreHead load(TorchRuntime runtime, NDManager owner) {
      return new ScoreHead(
          runtime.tensors().create(owner, weight),
          runtime.tensors().create(owner, bias),
          shift,
          scale,
          skipped);
    }
  }

  /**
   * Reads the head of a score model.
   *
   * @param model of the directory
   * @throws MalformedCheckpointException if it has none, two, or one of another shape
   * @throws UnsupportedModelException if its scores are normalized in an unknown way
   */
  static Stored read(Path directory, PretrainedTensors tensors, LlamaConfig model) {
    String layer = layer(directory, tensors);
    Path config = directory.resolve(LlamaConfig.FILE);
    ModelJson json = ModelJson.read(config);
    NamedTensor weight = TensorValues.widen(tensors.read(layer + ".weight"));
    requireShape(directory, weight, 1, model.hiddenSize());
    NamedTensor bias = bias(directory, tensors, layer, json);
    if (layer.equals(CLASSIFICATION)) {
      return new Stored(weight, bias, 0, 1, model.specialTokens().padding());
    }
    if (!json.flag("do_normalize")) {
      return new Stored(weight, bias, 0, 1, OptionalInt.empty());
    }
    String type = json.text("score_type", "reward");
    double variance = number(directory, tensors, VARIANCE);
    if (!(variance > 0)) {
      throw MalformedCheckpointException.inTensor(
          directory, VARIANCE, "is %s, expected a number > 0".formatted(variance));
    }
    double deviation = Math.sqrt(variance);
    return switch (type) {
      case "reward" ->
          new Stored(
              weight, bias, number(directory, tensors, MEAN), deviation, OptionalInt.empty());
      // As Safe RLHF does it: a cost keeps its zero, the border between harmless and harmful.
      case "cost" -> new Stored(weight, bias, 0, deviation, OptionalInt.empty());
      default ->
          throw new UnsupportedModelException(
              config, "do_normalize needs score_type reward or cost, was " + type);
    };
  }

  private static String layer(Path directory, PretrainedTensors tensors) {
    List<String> found =
        Stream.of(SAFE_RLHF, CLASSIFICATION)
            .filter(layer -> tensors.names().contains(layer + ".weight"))
            .toList();
    if (found.size() != 1) {
      throw new MalformedCheckpointException(
          directory,
          "has %s of score_head.weight (Safe RLHF) and score.weight (sequence classification),"
                  .formatted(found.isEmpty() ? "neither" : "both")
              + " and a score model has one: name a reward or cost model");
    }
    return found.get(0);
  }

  private static NamedTensor bias(
      Path directory, PretrainedTensors tensors, String layer, ModelJson json) {
    String name = layer + ".bias";
    // Absent where the configuration counts on it, it is reported as missing.
    if (tensors.names().contains(name) || json.flag("score_bias")) {
      NamedTensor bias = TensorValues.widen(tensors.read(name));
      requireShape(directory, bias, 1);
      return bias;
    }
    return TensorValues.tensor(name, new long[] {1}, 0);
  }

  private static void requireShape(Path directory, NamedTensor tensor, long... shape) {
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw MalformedCheckpointException.inTensor(
          directory,
          tensor.name(),
          "has shape %s, expected %s: one score for a text"
              .formatted(Arrays.toString(tensor.shape()), Arrays.toString(shape)));
    }
  }

  private static double number(Path directory, PretrainedTensors tensors, String name) {
    float[] values = TensorValues.toFloats(tensors.read(name));
    if (values.length != 1) {
      throw MalformedCheckpointException.inTensor(
          directory, name, "holds %s numbers, expected 1".formatted(values.length));
    }
    if (!Float.isFinite(values[0])) {
      throw MalformedCheckpointException.inTensor(
          directory, name, "is %s, expected a finite number".formatted(values[0]));
    }
    return values[0];
  }

  /** Index of the token whose hidden state is scored; 0 if every one is skipped. */
  int position(int[] text) {
    int last = text.length - 1;
    while (last > 0 && skipped.isPresent() && text[last] == skipped.getAsInt()) {
      last--;
    }
    return last;
  }

  /** The score that the layer's output stands for. */
  double normalized(float output) {
    return (output - shift) / scale;
  }
}
