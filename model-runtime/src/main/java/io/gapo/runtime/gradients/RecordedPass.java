package io.gapo.runtime.gradients;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.runtime.gradients.PolicyForward.MicroBatchTensors;
import io.gapo.runtime.torch.CloseOnFailure;
import io.gapo.runtime.torch.GradMode;
import java.util.List;

/** Holds the graph of the whole model: the fastest way back, with the most memory. */
final class RecordedPass implements BackwardPass {

  private final NDManager manager;
  private final PolicyForward model;
  private final NDArray states;
  private final PpoScript.Prediction prediction;

  private RecordedPass(NDManager manager, PolicyForward model, MicroBatchTensors tensors) {
    this.manager = manager;
    this.model = model;
    this.states = GradMode.recording(() -> model.states(manager, tensors));
    this.prediction = GradMode.notRecording(() -> model.predict(manager, states, tensors));
  }

  /** Runs the policy. */
  static RecordedPass forward(NDManager parent, PolicyForward model, MicroBatchTensors tensors) {
    NDManager manager = parent.newSubManager();
    return CloseOnFailure.create(() -> new RecordedPass(manager, model, tensors), manager::close);
  }

  /** What the output layer reads, shape (N, D); the graph ends there. */
  NDArray states() {
    return states;
  }

  PpoScript.Prediction prediction() {
    return prediction;
  }

  @Override
  public void addGradients(
      NDArray coefficients,
      List<NDArray> others,
      DifferentiatedTensors by,
      SummedGradients into,
      boolean end) {
    PpoScript.Output output =
        new PpoScript.Output(
            states, prediction.errors(), model.head(), model.settings().temperature());
    try (NDManager pass = manager.newSubManager()) {
      into.add(
          GradMode.recording(
              () -> model.script().backward(pass, output, coefficients, others, by, end)));
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
