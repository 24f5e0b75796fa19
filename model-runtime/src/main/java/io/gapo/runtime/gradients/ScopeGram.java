package io.gapo.runtime.gradients;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.List;

/**
 * Inner products of the objectives' gradients with respect to several layers: one pass backward an
 * objective, which leaves the graph as it was. Where the output layer is tied to the embedding, its
 * gradient is that of both uses.
 */
final class ScopeGram implements AutoCloseable {

  private final TorchRuntime runtime;
  private final PpoScript script;
  private final int objectives;
  private final DifferentiatedTensors parameters;

  ScopeGram(TorchRuntime runtime, PpoScript script, int objectives, List<NDArray> tensors) {
    this.runtime = runtime;
    this.script = script;
    this.objectives = objectives;
    this.parameters = new DifferentiatedTensors(tensors);
  }

  /**
   * Products of all objectives' gradients, shape (M, M); may be NaN.
   *
   * @param packs whose losses have been computed
   */
  double[][] of(NDManager manager, List<MeasuredPack> packs) {
    try (NDManager step = manager.newSubManager()) {
      List<SummedGradients> sums = new ArrayList<>();
      for (int m = 0; m < objectives; m++) {
        sums.add(new SummedGradients(runtime.tensors(), step));
      }
      packs.forEach(pack -> pack.addObjectiveGradients(parameters, sums));
      return GradMode.notRecording(
          () -> products(step, sums.stream().map(SummedGradients::sums).toList()));
    }
  }

  private double[][] products(NDManager step, List<NDList> gradients) {
    double[][] rows = new double[objectives][objectives];
    for (int i = 0; i < gradients.get(0).size(); i++) {
      int tensor = i;
      try (NDManager pass = step.newSubManager()) {
        NDArray stacked =
            NDArrays.stack(
                new NDList(gradients.stream().map(each -> each.get(tensor).flatten()).toList()));
        stacked.attach(pass);
        double[] products = script.innerProducts(pass, stacked).toDoubleArray();
        for (int k = 0; k < products.length; k++) {
          rows[k / objectives][k % objectives] += products[k];
        }
      }
    }
    return rows;
  }

  @Override
  public void close() {
    parameters.close();
  }
}
