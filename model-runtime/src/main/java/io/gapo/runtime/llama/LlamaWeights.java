package io.gapo.runtime.llama;

import static io.gapo.runtime.llama.LlamaLayout.bias;
import static io.gapo.runtime.llama.LlamaLayout.weight;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.CloseOnFailure;
import io.gapo.runtime.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A Llama model's tensors in native memory, under Hugging Face's names.
 *
 * <p>The query, key and value projections of a layer lie side by side in memory, and so do its gate
 * and up projections: decoding reads them as one matrix each, everyone else by name, and whoever
 * writes one writes the other. Not thread-safe.
 */
public final class LlamaWeights implements AutoCloseable {

  /** Standard deviation of random matrices, Hugging Face's {@code initializer_range}. */
  private static final float INITIAL_DEVIATION = 0.02f;

  private final LlamaConfig config;
  private final TorchRuntime runtime;
  private final NDManager manager;
  private final Map<String, NDArray> tensors = new LinkedHashMap<>();
  private final ModelArguments separate;
  private final ModelArguments fused;

  private LlamaWeights(TorchRuntime runtime, LlamaConfig config, OutputLayer output) {
    this.runtime = runtime;
    this.config = config;
    this.manager = runtime.newManager();
    this.fused = allocate(LlamaLayout.shapes(config, output), output);
    this.separate = arguments();
  }

  /** Allocates all tensors, in the order of their names. */
  private ModelArguments allocate(Map<String, long[]> shapes, OutputLayer output) {
    LlamaVariant variant = config.variant();
    ModelArguments.Lists lists = new ModelArguments.Lists();
    lists.weights.add(allocate(shapes, LlamaLayout.EMBEDDING));
    for (int i = 0; i < config.layers(); i++) {
      lists.weights.add(allocate(shapes, weight(i, "input_layernorm")));
      lists.weights.add(
          allocate(
              shapes,
              weight(i, "self_attn.q_proj"),
              weight(i, "self_attn.k_proj"),
              weight(i, "self_attn.v_proj")));
      if (variant.queryKeyValueBias()) {
        lists.queryKeyValueBiases.add(
            allocate(
                shapes,
                bias(i, "self_attn.q_proj"),
                bias(i, "self_attn.k_proj"),
                bias(i, "self_attn.v_proj")));
      }
      if (variant.queryKeyNorm()) {
        lists.headNorms.add(allocate(shapes, weight(i, "self_attn.q_norm")));
        lists.headNorms.add(allocate(shapes, weight(i, "self_attn.k_norm")));
      }
      lists.weights.add(allocate(shapes, weight(i, "self_attn.o_proj")));
      if (variant.outputBias()) {
        lists.outputBiases.add(allocate(shapes, bias(i, "self_attn.o_proj")));
      }
      lists.weights.add(allocate(shapes, weight(i, "post_attention_layernorm")));
      lists.weights.add(allocate(shapes, weight(i, "mlp.gate_proj"), weight(i, "mlp.up_proj")));
      if (variant.feedForwardBias()) {
        lists.feedForwardBiases.add(
            allocate(shapes, bias(i, "mlp.gate_proj"), bias(i, "mlp.up_proj")));
      }
      lists.weights.add(allocate(shapes, weight(i, "mlp.down_proj")));
      if (variant.feedForwardBias()) {
        lists.feedForwardBiases.add(allocate(shapes, bias(i, "mlp.down_proj")));
      }
    }
    lists.weights.add(allocate(shapes, LlamaLayout.NORM));
    if (output == OutputLayer.VOCABULARY) {
      lists.weights.add(
          LlamaLayout.hasOwnHead(config, output)
              ? allocate(shapes, LlamaLayout.HEAD)
              : tensor(LlamaLayout.EMBEDDING));
    }
    return lists.withEpsilon(config.normEpsilon());
  }

  /** Every tensor on its own, each in the list of its kind. */
  private ModelArguments arguments() {
    ModelArguments.Lists lists = new ModelArguments.Lists();
    tensors.forEach(
        (name, tensor) -> {
          if (LlamaLayout.isHeadNorm(name)) {
            lists.headNorms.add(tensor);
          } else if (!LlamaLayout.isBias(name)) {
            lists.weights.add(tensor);
          } else if (name.contains(".mlp.")) {
            lists.feedForwardBiases.add(tensor);
          } else if (name.contains(".o_proj.")) {
            lists.outputBiases.add(tensor);
          } else {
            lists.queryKeyValueBiases.add(tensor);
          }
        });
    return lists.withEpsilon(config.normEpsilon());
  }

  /** One matrix of all rows of these tensors; each becomes known by its name. */
  private NDArray allocate(Map<String, long[]> shapes, String... names) {
    List<long[]> parts = Arrays.stream(names).map(shapes::get).toList();
    long[] shape = parts.get(0).clone();
    shape[0] = parts.stream().mapToLong(part -> part[0]).sum();
    NDArray whole = runtime.tensors().zeros(manager, runtime.dataType(), shape);
    long row = 0;
    for (int i = 0; i < names.length; i++) {
      long end = row + parts.get(i)[0];
      tensors.put(names[i], names.length == 1 ? whole : runtime.tensors().rows(whole, row, end));
      row = end;
    }
    return whole;
  }

  /** Loads a model with its vocabulary output from a directory in Hugging Face's layout. */
  public static LlamaWeights load(TorchRuntime runtime, Path directory) {
    try (PretrainedTensors pretrained = PretrainedTensors.open(directory)) {
      return load(runtime, LlamaConfig.read(directory), OutputLayer.VOCABULARY, pretrained);
    }
  }

  /**
   * Loads the model's own tensors; heads for other purposes in the files are left alone.
   *
   * @throws MalformedCheckpointException if a tensor is missing or has another shape than the
   *     configuration says, or is one that nothing would read
   */
  public static LlamaWeights load(
      TorchRuntime runtime, LlamaConfig config, OutputLayer output, PretrainedTensors pretrained) {
    // Before anything is allocated: sizes that the files do not have may be too large for that.
    pretrained.require(config, output);
    return filled(
        runtime,
        config,
        output,
        (name, tensor) -> pretrained.copy(name, tensor, runtime.tensors()));
  }

  /**
   * Normally distributed matrices, norms of ones and biases of zeros: a model before any training.
   */
  public static LlamaWeights random(
      TorchRuntime runtime, LlamaConfig config, OutputLayer output, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return filled(
        runtime,
        config,
        output,
        (name, tensor) -> {
          long[] shape = tensor.getShape().getShape();
          float[] values = new float[Math.toIntExact(tensor.size())];
          if (shape.length > 1) {
            for (int i = 0; i < values.length; i++) {
              values[i] = (float) (INITIAL_DEVIATION * random.nextGaussian());
            }
          } else if (!LlamaLayout.isBias(name)) {
            Arrays.fill(values, 1);
          }
          runtime
              .tensors()
              .load(List.of(tensor), List.of(TensorValues.tensor(name, shape, values)));
        });
  }

  private static LlamaWeights filled(
      TorchRuntime runtime,
      LlamaConfig config,
      OutputLayer output,
      BiConsumer<String, NDArray> source) {
    LlamaWeights weights = new LlamaWeights(runtime, config, output);
    return CloseOnFailure.create(
        () -> {
          weights.tensors.forEach(source);
          return weights;
        },
        weights::close);
  }

  /** The sizes. */
  public LlamaConfig config() {
    return config;
  }

  /** Names of all tensors, in order. */
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /** All tensors, in the order of their names; they belong to this object. */
  public List<NDArray> tensors() {
    return List.copyOf(tensors.values());
  }

  /** One tensor by name; it belongs to this object. */
  public NDArray tensor(String name) {
    @Nullable NDArray tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("the model has no tensor " + name);
    }
    return tensor;
  }

  /** Name of the output layer over the vocabulary: the embedding's if they are tied. */
  public String headName() {
    return tensors.containsKey(LlamaLayout.HEAD) ? LlamaLayout.HEAD : LlamaLayout.EMBEDDING;
  }

  /** The output layer over the vocabulary, shape (V, D). */
  public NDArray head() {
    return tensor(headName());
  }

  /** Arguments of the scripts that differentiate: every tensor on its own. */
  ModelArguments separate() {
    return separate;
  }

  /** Arguments of the scripts that decode: what lies side by side as one tensor. */
  public ModelArguments fused() {
    return fused;
  }

  /**
   * Overwrites tensors in place; those not named stay as they are.
   *
   * @throws IllegalArgumentException if a name or shape is not the model's; nothing is overwritten
   */
  public void adopt(List<NamedTensor> sources) {
    List<NDArray> targets = new ArrayList<>(sources.size());
    for (NamedTensor source : sources) {
      NDArray target = tensor(source.name());
      if (!Arrays.equals(target.getShape().getShape(), source.shape())) {
        throw new IllegalArgumentException(
            "tensor %s has shape %s, the model's has %s"
                .formatted(source.name(), Arrays.toString(source.shape()), target.getShape()));
      }
      targets.add(target);
    }
    runtime.tensors().load(targets, sources);
  }

  /** Copies of all tensors, in order, in the runtime's element type. */
  public List<NamedTensor> toNamedTensors() {
    return runtime.tensors().toNamedTensors(names(), tensors(), runtime.dataType());
  }

  @Override
  public void close() {
    separate.close();
    fused.close();
    manager.close();
  }
}
