package io.gapo.runtime.gradients;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.gapo.runtime.gradients.PolicyForward.MicroBatchTensors;
import io.gapo.runtime.llama.GradientSums;
import io.gapo.runtime.torch.CloseOnFailure;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.TensorList;
import java.util.List;

/**
 * Holds what stands before every layer, and the graph of one layer at a time: each layer is run
 * twice, in a small part of the memory (Chen et al. 2016, "Training deep nets with sublinear memory
 * cost").
 */
final class LayeredPass implements BackwardPass {

  private final NDManager manager;
  private final PolicyForward model;
  private final MicroBatchTensors tensors;
  private final NDList layerInputs;
  private final NDArray states;
  private final NDArray errors;

  private LayeredPass(NDManager manager, PolicyForward model, MicroBatchTensors tensors) {
    this.manager = manager;
    this.model = model;
    this.tensors = tensors;
    this.layerInputs = model.layerInputs(manager, tensors);
    this.states = model.statesBehind(manager, layerInputs, tensors);
    this.errors = GradMode.notRecording(() -> model.predict(manager, states, tensors)).errors();
  }

  /** Runs the policy. */
  static LayeredPass forward(NDManager parent, PolicyForward model, MicroBatchTensors tensors) {
    NDManager manager = parent.newSubManager();
    return CloseOnFailure.create(() -> new LayeredPass(manager, model, tensors), manager::close);
  }

  @Override
  public void addGradients(
      NDArray coefficients,
      List<NDArray> others,
      DifferentiatedTensors by,
      SummedGradients into,
      boolean end) {
    PpoScript.Output output =
        new PpoScript.Output(states, errors, model.head(), model.settings().temperature());
    try (NDManager pass = manager.newSubManager();
        TensorList sums = new TensorList(into.sumsFor(by.tensors()))) {
      PpoScript.Begun begun =
          GradMode.notRecording(
              () ->
                  model
                      .script()
                      .beginBackward(
                          pass,
                          output,
                          coefficients,
                          tensors.positions(),
                          layerInputs.get(0),
                          sums,
                          by,
                          end));
      if (end) {
        errors.close();
      }
      if (!others.isEmpty()) {
        GradMode.recording(
            () -> {
              model.script().addGradients(pass, others, by, sums);
              return sums;
            });
      }
      model.backward(
          pass,
          tensors,
          layerInputs,
          begun.byHidden(),
          new GradientSums(by.list(), sums, begun.lossScale()),
          end);
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
