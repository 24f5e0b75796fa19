package io.gapo.runtime.trainable;

import ai.djl.ndarray.NDArray;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.lora.LoraAdapter;
import io.gapo.runtime.torch.CloseOnFailure;
import io.gapo.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that training changes: the model's tensors and the value heads', in one order that
 * gradients, snapshots and checkpoints share. Not thread-safe.
 */
public final class TrainablePolicy implements AutoCloseable {

  private final TorchRuntime runtime;
  private final TrainedPart trained;
  private final ValueHeads heads;
  private final Map<String, NDArray> tensors = new LinkedHashMap<>();

  private TrainablePolicy(TorchRuntime runtime, TrainedPart trained, ValueHeads heads) {
    this.runtime = runtime;
    this.trained = trained;
    this.heads = heads;
    for (int i = 0; i < trained.names().size(); i++) {
      tensors.put(trained.names().get(i), trained.tensors().get(i));
    }
    tensors.putAll(heads.tensors());
  }

  /**
   * Loads what is trained; value heads that the policy's directory has not are zeros.
   *
   * @param runtime stays its owner's
   */
  public static TrainablePolicy load(
      TorchRuntime runtime, InitialPolicy initial, List<String> objectives) {
    LlamaConfig config = LlamaConfig.read(initial.directory());
    try (PretrainedTensors pretrained = PretrainedTensors.open(initial.directory())) {
      TrainedPart trained =
          initial
              .adapter()
              .map(source -> adapter(runtime, config, source))
              .orElseGet(() -> whole(runtime, config, pretrained));
      ValueHeads heads = new ValueHeads(runtime, objectives, config.hiddenSize());
      TrainablePolicy policy = new TrainablePolicy(runtime, trained, heads);
      return CloseOnFailure.create(
          () -> {
            for (String head : heads.tensors().keySet()) {
              if (pretrained.names().contains(head)) {
                policy.load(List.of(pretrained.read(head)));
              }
            }
            return policy;
          },
          policy::close);
    }
  }

  private static TrainedPart adapter(
      TorchRuntime runtime, LlamaConfig config, AdapterSource source) {
    return new AdapterAlone(LoraAdapter.open(runtime, config, source), config.layers());
  }

  private static TrainedPart whole(
      TorchRuntime runtime, LlamaConfig config, PretrainedTensors pretrained) {
    return new WholeModel(LlamaWeights.load(runtime, config, OutputLayer.VOCABULARY, pretrained));
  }

  /** What is trained beside the value heads; its tensors come first. */
  public TrainedPart trained() {
    return trained;
  }

  public ValueHeads heads() {
    return heads;
  }

  /** Names of all tensors, in order. */
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /** All tensors, in the order of their names. */
  public List<NDArray> tensors() {
    return List.copyOf(tensors.values());
  }

  public void requireGradients() {
    tensors.values().forEach(tensor -> tensor.setRequiresGradient(true));
  }

  /**
   * Overwrites all tensors.
   *
   * @throws IllegalArgumentException if names and shapes are not exactly the policy's; nothing is
   *     overwritten then
   */
  public void adopt(List<NamedTensor> sources) {
    load(inOrder(sources));
  }

  private void load(List<NamedTensor> sources) {
    List<NDArray> targets = new ArrayList<>();
    for (NamedTensor source : sources) {
      NDArray target = tensors.get(source.name());
      if (target == null) {
        throw new IllegalArgumentException(
            "the policy has no tensor '%s'".formatted(source.name()));
      }
      TensorCheck.requireShape(source, target.getShape().getShape());
      targets.add(target);
    }
    runtime.tensors().load(targets, sources);
  }

  /**
   * One tensor for each of the policy's, in its order.
   *
   * @throws IllegalArgumentException if names and shapes are not exactly the policy's
   */
  public List<NamedTensor> inOrder(List<NamedTensor> given) {
    Map<String, NamedTensor> byName = TensorCheck.byName(given);
    List<NamedTensor> ordered = new ArrayList<>();
    tensors.forEach(
        (name, tensor) -> {
          NamedTensor source = TensorCheck.require(byName, name);
          TensorCheck.requireShape(source, tensor.getShape().getShape());
          ordered.add(source);
        });
    for (NamedTensor tensor : given) {
      if (!tensors.containsKey(tensor.name())) {
        throw new IllegalArgumentException(
            "the policy has no tensor '%s'".formatted(tensor.name()));
      }
    }
    return ordered;
  }

  /** Copies of all tensors in single precision, in order. */
  public List<NamedTensor> toNamedTensors() {
    return runtime.tensors().toNamedTensors(names(), tensors(), DataType.F32);
  }

  @Override
  public void close() {
    trained.close();
    heads.close();
  }
}
