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

/**
 * What turns a hidden state into a score: a linear layer with one output, under the name that its
 * {@link ScoreLayout} gives it; then, for Safe RLHF's models whose configuration says {@code
 * do_normalize}, the normalizer's running mean and variance.
 *
 * @param weight shape (1, D), F32
 * @param bias shape (1), F32
 * @param shift subtracted from the layer's output
 * @param scale what the difference is divided by
 * @param layout says at which token the score stands
 * @param padding the model's padding token
 */
record ScoreHead(
    NDArray weight,
    NDArray bias,
    double shift,
    double scale,
    ScoreLayout layout,
    OptionalInt padding) {

  private static final String MEAN = "normalizer.mean";
  private static final String VARIANCE = "normalizer.var";

  /**
   * A head as a model's files have it.
   *
   * @param weight shape (1, D), F32
   * @param bias shape (1), F32
   */
  record Stored(
      NamedTensor weight,
      NamedTensor bias,
      double shift,
      double scale,
      ScoreLayout layout,
      OptionalInt padding) {

    /** In native memory of an owner. */
    ScoreHead load(TorchRuntime runtime, NDManager owner) {
      return new ScoreHead(
          runtime.tensors().create(owner, weight),
          runtime.tensors().create(owner, bias),
          shift,
          scale,
          layout,
          padding);
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
    ScoreLayout layout = layout(directory, tensors);
    Path config = directory.resolve(LlamaConfig.FILE);
    ModelJson json = ModelJson.read(config);
    NamedTensor weight = TensorValues.widen(tensors.read(layout.weight()));
    requireShape(directory, weight, 1, model.hiddenSize());
    NamedTensor bias = bias(directory, tensors, layout, json);
    OptionalInt padding = model.specialTokens().padding();
    if (layout == ScoreLayout.SEQUENCE_CLASSIFICATION || !json.flag("do_normalize")) {
      return new Stored(weight, bias, 0, 1, layout, padding);
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
          new Stored(weight, bias, number(directory, tensors, MEAN), deviation, layout, padding);
      // As Safe RLHF does it: a cost keeps its zero, the border between harmless and harmful.
      case "cost" -> new Stored(weight, bias, 0, deviation, layout, padding);
      default ->
          throw new UnsupportedModelException(
              config, "do_normalize needs score_type reward or cost, was " + type);
    };
  }

  private static ScoreLayout layout(Path directory, PretrainedTensors tensors) {
    List<ScoreLayout> found =
        Arrays.stream(ScoreLayout.values())
            .filter(layout -> tensors.names().contains(layout.weight()))
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
      Path directory, PretrainedTensors tensors, ScoreLayout layout, ModelJson json) {
    String name = layout.bias();
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

  /** Index of the token whose hidden state is scored. */
  int position(int[] text) {
    return layout.position(text, padding);
  }

  /** The score that the layer's output stands for. */
  double normalized(float output) {
    return (output - shift) / scale;
  }
}
