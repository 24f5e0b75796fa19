package io.gapo.runtime.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LowRankTerms;
import io.gapo.runtime.lora.LoraLayout.Place;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * An adapter's matrices in native memory, in the runtime's element type, beside a model that is not
 * touched. Not thread-safe.
 */
public final class LoraAdapter implements AutoCloseable {

  private final LoraSettings settings;
  private final NDManager manager;
  private final Map<String, NDArray> tensors = new LinkedHashMap<>();
  private final LowRankTerms terms;

  private LoraAdapter(TorchRuntime runtime, LlamaConfig config, LoraLayout layout) {
    this.settings = layout.settings();
    this.manager = runtime.newManager();
    for (Place place : layout.places()) {
      tensors.put(place.nameOfA(), zeros(runtime, layout.shapeOfA(place)));
      tensors.put(place.nameOfB(), zeros(runtime, layout.shapeOfB(place)));
    }
    this.terms =
        new LowRankTerms(new TensorList(factors(runtime, config, layout)), settings.scale());
  }

  private NDArray zeros(TorchRuntime runtime, long... shape) {
    return runtime.tensors().zeros(manager, runtime.dataType(), shape);
  }

  /** Two for every projection of every layer, with nothing in those of no adapter. */
  private List<NDArray> factors(TorchRuntime runtime, LlamaConfig config, LoraLayout layout) {
    NDArray nothing = zeros(runtime, 0, 0);
    List<NDArray> factors = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (String target : LoraSettings.TARGETS) {
        factors.add(nothing);
        factors.add(nothing);
        for (Place place : layout.places()) {
          if (place.layer() == layer && place.target().equals(target)) {
            factors.set(factors.size() - 2, tensor(place.nameOfA()));
            factors.set(factors.size() - 1, tensor(place.nameOfB()));
          }
        }
      }
    }
    return factors;
  }

  private NDArray tensor(String name) {
    NDArray tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("the adapter has no tensor " + name);
    }
    return tensor;
  }

  /**
   * The adapter that a policy starts with.
   *
   * @param config of the model that it adds to
   * @throws UnsupportedAdapterException if the files are of an adapter that is not supported
   * @throws IllegalArgumentException if the model has no room for a fresh one
   */
  public static LoraAdapter open(TorchRuntime runtime, LlamaConfig config, AdapterSource source) {
    if (source instanceof AdapterSource.Saved saved) {
      PeftAdapter files = PeftAdapter.read(saved.directory(), config);
      return holding(runtime, config, files.settings(), files.tensors());
    }
    AdapterSource.Fresh fresh = (AdapterSource.Fresh) source;
    fresh.settings().requireRoom(config);
    LoraLayout layout = new LoraLayout(config, fresh.settings());
    return holding(runtime, config, fresh.settings(), initial(layout, fresh.seed()));
  }

  private static LoraAdapter holding(
      TorchRuntime runtime, LlamaConfig config, LoraSettings settings, List<NamedTensor> tensors) {
    LoraLayout layout = new LoraLayout(config, settings);
    Map<String, NamedTensor> byName = layout.require(tensors);
    LoraAdapter adapter = new LoraAdapter(runtime, config, layout);
    List<NamedTensor> ordered = new ArrayList<>();
    for (Place place : layout.places()) {
      ordered.add(Objects.requireNonNull(byName.get(place.nameOfA())));
      ordered.add(Objects.requireNonNull(byName.get(place.nameOfB())));
    }
    runtime.tensors().load(adapter.tensors(), ordered);
    return adapter;
  }

  /**
   * Initializes as {@code peft} does: A uniform within 1 / √I, B zero, so that nothing is added at
   * first.
   */
  private static List<NamedTensor> initial(LoraLayout layout, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<NamedTensor> tensors = new ArrayList<>();
    for (Place place : layout.places()) {
      float[] values = new float[Math.toIntExact(layout.settings().rank() * place.inputs())];
      double bound = 1 / Math.sqrt((double) place.inputs());
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (bound * (2 * random.nextDouble() - 1));
      }
      tensors.add(TensorValues.tensor(place.nameOfA(), layout.shapeOfA(place), values));
      tensors.add(
          TensorValues.tensor(
              place.nameOfB(),
              layout.shapeOfB(place),
              new float[Math.toIntExact(place.outputs() * layout.settings().rank())]));
    }
    return tensors;
  }

  /** Names of all tensors, in order. */
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /** All tensors, in the order of their names; they belong to this object. */
  public List<NDArray> tensors() {
    return List.copyOf(tensors.values());
  }

  /** What it adds to the model's projections. */
  public LowRankTerms terms() {
    return terms;
  }

  @Override
  public void close() {
    terms.factors().close();
    manager.close();
  }
}
