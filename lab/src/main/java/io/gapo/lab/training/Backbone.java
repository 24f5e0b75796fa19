package io.gapo.lab.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.gradients.GraphMemory;
import io.gapo.runtime.llama.GradientSums;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.LowRankTerms;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.LoraAdapter;
import io.gapo.runtime.lora.LoraMerge;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.safetensors.PendingTensor;
import io.gapo.runtime.torch.Autograd;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchScript;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The transformer of a model in training, as a whole or with an adapter beside it. Not thread-safe.
 */
final class Backbone implements AutoCloseable {

  /** What the graph of a micro-batch may take; a larger one is computed layer by layer. */
  private static final long GRAPH_BYTES = 1L << 30;

  private final TorchRuntime runtime;
  private final NDManager manager;
  private final TorchScript script;
  private final LlamaWeights weights;
  private final Optional<LoraSettings> lora;
  private final Optional<LoraAdapter> adapter;
  private final LlamaProgram program;
  private final GraphMemory memory;

  /** The loss that a head makes of hidden states. */
  @FunctionalInterface
  interface HeadLoss {

    /**
     * A scalar that can be differentiated.
     *
     * @param hidden behind the last norm, shape (B, T, D)
     */
    NDArray of(NDManager owner, NDArray hidden);
  }

  /**
   * @param runtime in single precision; stays its owner's
   * @param weights taken over
   * @param lora of a new adapter; if empty, the weights themselves are trained
   * @param seed of a new adapter
   * @throws IllegalArgumentException if the rank of the adapter does not fit the model
   */
  Backbone(TorchRuntime runtime, LlamaWeights weights, Optional<LoraSettings> lora, long seed) {
    this(runtime, weights, lora, seed, GRAPH_BYTES);
  }

  /** With so much memory for the graph of a micro-batch. */
  Backbone(
      TorchRuntime runtime,
      LlamaWeights weights,
      Optional<LoraSettings> lora,
      long seed,
      long graphBytes) {
    this.runtime = runtime;
    this.weights = weights;
    this.lora = lora;
    this.adapter =
        lora.map(
            settings ->
                LoraAdapter.open(
                    runtime, weights.config(), new AdapterSource.Fresh(settings, seed)));
    this.manager = runtime.newManager();
    this.script = TorchScript.load(manager, Backbone.class, "training.py", Autograd.SCRIPT);
    this.program = new LlamaProgram(runtime, weights.config());
    this.memory = new GraphMemory(weights.config(), DataType.F32, graphBytes);
  }

  LlamaWeights weights() {
    return weights;
  }

  /** What is trained, by name; it belongs to this object. */
  Map<String, NDArray> trained() {
    List<String> names = adapter.map(LoraAdapter::names).orElseGet(weights::names);
    List<NDArray> tensors = adapter.map(LoraAdapter::tensors).orElseGet(weights::tensors);
    Map<String, NDArray> trained = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      trained.put(names.get(i), tensors.get(i));
    }
    return trained;
  }

  private LowRankTerms terms() {
    return adapter.map(LoraAdapter::terms).orElseGet(program::nothingAdded);
  }

  /** The script of losses; see training.py. */
  TorchScript script() {
    return script;
  }

  /** Hidden states behind the last norm, shape (B, T, D), under the thread's grad mode. */
  NDArray hidden(NDManager owner, NDArray ids) {
    return program.hidden(owner, weights, terms(), ids);
  }

  /**
   * Adds the gradients of a loss to sums.
   *
   * @param ids shape (B, T)
   * @param responses tokens that the output layer predicts
   * @param parameters leaves that require gradients
   * @param sums one a parameter
   * @return the loss
   */
  double addGradients(
      NDManager owner,
      NDArray ids,
      long responses,
      TensorList parameters,
      TensorList sums,
      HeadLoss loss) {
    try (NDManager pass = owner.newSubManager()) {
      return memory.fits(ids.getShape().size(), responses)
          ? addByWholeGraph(pass, ids, parameters, sums, loss)
          : addByLayers(pass, ids, parameters, sums, loss);
    }
  }

  private double addByWholeGraph(
      NDManager pass, NDArray ids, TensorList parameters, TensorList sums, HeadLoss loss) {
    NDArray value =
        GradMode.recording(
            () -> {
              NDArray made = loss.of(pass, hidden(pass, ids));
              return script
                  .run(pass, "add_gradients", ScriptValue.of(made), parameters, sums)
                  .get(0);
            });
    return value.getFloat();
  }

  private double addByLayers(
      NDManager pass, NDArray ids, TensorList parameters, TensorList sums, HeadLoss loss) {
    NDList inputs = program.layerInputs(pass, weights, terms(), ids);
    NDArray hidden = program.lastNorm(pass, weights, inputs.get(inputs.size() - 1));
    hidden.setRequiresGradient(true);
    NDList found =
        GradMode.recording(
            () ->
                script.run(
                    pass,
                    "add_head_gradients",
                    ScriptValue.of(loss.of(pass, hidden)),
                    ScriptValue.of(hidden),
                    parameters,
                    sums));
    program.backward(
        pass,
        weights,
        terms(),
        ids,
        inputs,
        found.get(1),
        new GradientSums(parameters, sums, 1),
        true);
    return found.get(0).getFloat();
  }

  /**
   * The model's tensors, each copied to the heap when it is asked for, with the adapter merged in.
   * After this call nothing can be trained further.
   */
  List<PendingTensor> merged(DataType stored) {
    lora.ifPresent(
        settings -> {
          LoraAdapter its = adapter.orElseThrow();
          try (LoraMerge merge = new LoraMerge(runtime, weights, settings)) {
            merge.adopt(runtime.tensors().toNamedTensors(its.names(), its.tensors(), DataType.F32));
          }
        });
    List<PendingTensor> tensors = new ArrayList<>();
    for (String name : weights.names()) {
      tensors.add(pending(name, weights.tensor(name), stored));
    }
    return tensors;
  }

  /** A tensor that is copied to the heap when it is asked for. */
  PendingTensor pending(String name, NDArray tensor, DataType stored) {
    return new PendingTensor(
        name,
        stored,
        tensor.getShape().getShape(),
        () -> runtime.tensors().toNamedTensor(name, tensor, stored));
  }

  @Override
  public void close() {
    program.close();
    script.close();
    manager.close();
    adapter.ifPresent(LoraAdapter::close);
    weights.close();
  }
}
