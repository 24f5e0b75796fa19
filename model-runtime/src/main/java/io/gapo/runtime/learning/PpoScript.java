package io.gapo.runtime.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.gapo.core.combine.CountSketch;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchScript;

/** The tensor code of PPO; shapes are in {@code ppo.py}. Results can be differentiated. */
final class PpoScript implements AutoCloseable {

  private final TorchScript script;

  PpoScript(NDManager manager) {
    this.script = TorchScript.load(manager, PpoScript.class, "ppo.py");
  }

  /**
   * What a policy says of response tokens.
   *
   * @param states the head's input, shape (N, D)
   * @param distribution log-probabilities of all tokens, shape (N, V)
   * @param logProbs of the tokens that are there, shape (N)
   */
  record Prediction(NDArray states, NDArray distribution, NDArray logProbs) {}

  Prediction predict(
      NDManager owner,
      NDArray hidden,
      NDArray head,
      NDArray positions,
      NDArray targets,
      double temperature) {
    NDList result =
        script.run(
            owner,
            "predict",
            ScriptValue.of(hidden),
            ScriptValue.of(head),
            ScriptValue.of(positions),
            ScriptValue.of(targets),
            ScriptValue.of(temperature));
    return new Prediction(result.get(0), result.get(1), result.get(2));
  }

  double entropySum(NDManager owner, NDArray distribution) {
    return script.run(owner, "entropy", ScriptValue.of(distribution)).get(0).getFloat();
  }

  NDArray values(NDManager owner, NDArray states, TensorList weights, TensorList biases) {
    return script.run(owner, "values", ScriptValue.of(states), weights, biases).get(0);
  }

  /**
   * Clipped surrogates.
   *
   * @param losses shape (M)
   * @param ratios importance ratios, shape (N)
   */
  record Surrogates(NDArray losses, NDArray ratios) {}

  Surrogates surrogates(
      NDManager owner,
      NDArray logProbs,
      NDArray behavior,
      NDArray advantages,
      NDArray shares,
      double clip) {
    NDList result =
        script.run(
            owner,
            "surrogates",
            ScriptValue.of(logProbs),
            ScriptValue.of(behavior),
            ScriptValue.of(advantages),
            ScriptValue.of(shares),
            ScriptValue.of(clip));
    return new Surrogates(result.get(0), result.get(1));
  }

  NDArray coefficients(NDManager owner, NDArray losses, NDArray logProbs) {
    return script
        .run(owner, "coefficients", ScriptValue.of(losses), ScriptValue.of(logProbs))
        .get(0);
  }

  NDArray valueLosses(
      NDManager owner, NDArray values, NDArray old, NDArray targets, NDArray shares, double clip) {
    return script
        .run(
            owner,
            "value_losses",
            ScriptValue.of(values),
            ScriptValue.of(old),
            ScriptValue.of(targets),
            ScriptValue.of(shares),
            ScriptValue.of(clip))
        .get(0);
  }

  NDArray updateLoss(
      NDManager owner,
      NDArray losses,
      NDArray weights,
      NDArray logProbs,
      NDArray reference,
      double klShare,
      NDArray valueLosses) {
    return script
        .run(
            owner,
            "update_loss",
            ScriptValue.of(losses),
            ScriptValue.of(weights),
            ScriptValue.of(logProbs),
            ScriptValue.of(reference),
            ScriptValue.of(klShare),
            ScriptValue.of(valueLosses))
        .get(0);
  }

  /** A scalar. */
  NDArray objectiveLoss(NDManager owner, NDArray losses, int objective) {
    return script
        .run(owner, "objective_loss", ScriptValue.of(losses), ScriptValue.of((long) objective))
        .get(0);
  }

  void addHeadGradients(
      NDManager owner,
      NDArray sums,
      NDArray coefficients,
      NDArray states,
      NDArray distribution,
      NDArray targets,
      double temperature) {
    script.infer(
        owner,
        "add_head_gradients",
        ScriptValue.of(sums),
        ScriptValue.of(coefficients),
        ScriptValue.of(states),
        ScriptValue.of(distribution),
        ScriptValue.of(targets),
        ScriptValue.of(temperature));
  }

  /** Shape (M, M), float64. */
  NDArray innerProducts(NDManager owner, NDArray gradients) {
    return script.infer(owner, "inner_products", ScriptValue.of(gradients)).get(0);
  }

  /** Shape (M, M), float64. */
  NDArray tokenKernel(
      NDManager owner,
      NDArray coefficients,
      NDArray states,
      NDArray distribution,
      NDArray targets,
      double temperature) {
    return script
        .infer(
            owner,
            "token_kernel",
            ScriptValue.of(coefficients),
            ScriptValue.of(states),
            ScriptValue.of(distribution),
            ScriptValue.of(targets),
            ScriptValue.of(temperature))
        .get(0);
  }

  /** Shape (M, k), float64. */
  NDArray countSketch(NDManager owner, NDArray gradients, CountSketch sketch) {
    return script
        .infer(
            owner,
            "count_sketch",
            ScriptValue.of(gradients),
            ScriptValue.of((long) sketch.width()),
            ScriptValue.of(sketch.seed()))
        .get(0);
  }

  @Override
  public void close() {
    script.close();
  }
}
