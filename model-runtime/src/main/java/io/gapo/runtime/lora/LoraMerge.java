package io.gapo.runtime.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.lora.LoraLayout.Place;
import io.gapo.runtime.safetensors.PendingTensor;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchScript;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes adapters into a model's own matrices, {@code W + s·B A}, so that it runs as fast as one
 * without.
 *
 * <p>Sums are taken in single precision and rounded once, always from the frozen matrices: of those
 * that the adapter adds to, a copy is kept. Not thread-safe.
 */
public final class LoraMerge implements AutoCloseable {

  private final TorchRuntime runtime;
  private final NDManager manager;
  private final LlamaWeights weights;
  private final LoraLayout layout;
  private final TorchScript script;
  private final Map<String, NDArray> frozen = new HashMap<>();

  /**
   * Keeps what the adapters will add to.
   *
   * @param weights to write into; they stay their owner's
   */
  public LoraMerge(TorchRuntime runtime, LlamaWeights weights, LoraSettings settings) {
    this.runtime = runtime;
    this.manager = runtime.newManager();
    this.weights = weights;
    this.layout = new LoraLayout(weights.config(), settings);
    this.script = script(manager);
    for (Place place : layout.places()) {
      NDArray target = weights.tensor(place.weight());
      NDArray copy =
          runtime.tensors().zeros(manager, runtime.dataType(), place.outputs(), place.inputs());
      runtime.tensors().copy(List.of(copy), List.of(target));
      frozen.put(place.weight(), copy);
    }
  }

  private static TorchScript script(NDManager manager) {
    return TorchScript.load(manager, LoraMerge.class, "merge.py");
  }

  /**
   * Puts an adapter in the place of the one before.
   *
   * @throws IllegalArgumentException if the tensors are not of such an adapter; nothing is
   *     overwritten then
   */
  public void adopt(List<NamedTensor> adapter) {
    layout.require(adapter);
    try (NDManager step = manager.newSubManager()) {
      // All at once: what is lent may be withdrawn between two.
      List<NDArray> loaded = runtime.tensors().create(step, adapter);
      Map<String, NDArray> byName = new HashMap<>();
      for (int i = 0; i < adapter.size(); i++) {
        byName.put(adapter.get(i).name(), loaded.get(i));
      }
      for (Place place : layout.places()) {
        merge(
            script,
            step,
            weights.tensor(place.weight()),
            Objects.requireNonNull(frozen.get(place.weight())),
            new Factors(
                Objects.requireNonNull(byName.get(place.nameOfA())),
                Objects.requireNonNull(byName.get(place.nameOfB())),
                layout.settings().scale()));
      }
    }
  }

  private record Factors(NDArray a, NDArray b, double scale) {}

  private static void merge(
      TorchScript script, NDManager step, NDArray target, NDArray base, Factors factors) {
    script.infer(
        step,
        "merge",
        ScriptValue.of(target),
        ScriptValue.of(base),
        ScriptValue.of(factors.a()),
        ScriptValue.of(factors.b()),
        ScriptValue.of(factors.scale()));
  }

  /**
   * All tensors of a model's files with an adapter merged in, each made when it is asked for, in
   * native memory.
   *
   * @param runtime open as long as they are asked for, as is {@code model}
   * @param config of the model
   * @param dataType of the tensors that come back
   * @throws IllegalArgumentException if the adapter is not one of the model's
   * @throws io.gapo.runtime.safetensors.MalformedCheckpointException if the files have other
   *     tensors than the model reads
   */
  public static List<PendingTensor> merged(
      TorchRuntime runtime,
      PretrainedTensors model,
      LlamaConfig config,
      PeftAdapter adapter,
      DataType dataType) {
    model.refuseUnread(config, OutputLayer.VOCABULARY);
    LoraLayout layout = new LoraLayout(config, adapter.settings());
    Map<String, NamedTensor> byName = layout.require(adapter.tensors());
    Map<String, Place> placeOf = new HashMap<>();
    layout.places().forEach(place -> placeOf.put(place.weight(), place));
    return model.names().stream()
        .map(
            name ->
                new PendingTensor(
                    name,
                    dataType,
                    model.shape(name),
                    () -> {
                      @Nullable Place place = placeOf.get(name);
                      return place == null
                          ? TensorValues.convert(model.read(name), dataType)
                          : merged(runtime, model.read(name), layout, byName, place, dataType);
                    }))
        .toList();
  }

  private static NamedTensor merged(
      TorchRuntime runtime,
      NamedTensor tensor,
      LoraLayout layout,
      Map<String, NamedTensor> adapter,
      Place place,
      DataType dataType) {
    try (NDManager step = runtime.newManager();
        TorchScript script = script(step)) {
      NDArray wide =
          runtime.tensors().converted(step, runtime.tensors().create(step, tensor), DataType.F32);
      List<NDArray> factors =
          runtime
              .tensors()
              .create(
                  step,
                  List.of(
                      Objects.requireNonNull(adapter.get(place.nameOfA())),
                      Objects.requireNonNull(adapter.get(place.nameOfB()))));
      merge(
          script,
          step,
          wide,
          wide,
          new Factors(factors.get(0), factors.get(1), layout.settings().scale()));
      return runtime.tensors().toNamedTensor(tensor.name(), wide, dataType);
    }
  }

  @Override
  public void close() {
    script.close();
    manager.close();
  }
}
