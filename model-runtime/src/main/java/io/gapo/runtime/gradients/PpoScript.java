package io.gapo.runtime.gradients;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.gapo.core.combine.CountSketch;
import io.gapo.runtime.torch.Autograd;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchScript;
import java.util.List;

/** The tensor code of PPO; shapes are in {@code ppo.py}. */
final class PpoScript implements AutoCloseable {

  private final TorchScript script;

  PpoScript(NDManager manager) {
    this.script = TorchScript.load(manager, PpoScript.class, "ppo.py", Autograd.SCRIPT);
  }

  /** What the head reads to predict the response tokens, shape (N, D). */
  NDArray states(NDManager owner, NDArray hidden, NDArray positions) {
    return script.run(owner, "states", ScriptValue.of(hidden), ScriptValue.of(positions)).get(0);
  }

  /**
   * What a policy says of response tokens, none of it recorded.
   *
   * @param logProbs of the tokens that are there, shape (N)
   * @param errors probabilities of all tokens, less 1 at the one that is there, shape (N, V)
   * @param entropy in nats, summed over the tokens, a scalar
   */
  record Prediction(NDArray logProbs, NDArray errors, NDArray entropy) {}

  /** The thread must not be recording. */
  Prediction predict(
      NDManager owner, NDArray states, NDArray head, NDArray targets, double temperature) {
    NDList result =
        script.run(
            owner,
            "predict",
            ScriptValue.of(states),
            ScriptValue.of(head),
            ScriptValue.of(targets),
            ScriptValue.of(temperature));
    return new Prediction(result.get(0), result.get(1), result.get(2));
  }

  /** {@link Prediction#logProbs} alone, shape (N). */
  NDArray logProbs(
      NDManager owner, NDArray states, NDArray head, NDArray targets, double temperature) {
    return script
        .run(
            owner,
            "log_probs",
            ScriptValue.of(states),
            ScriptValue.of(head),
            ScriptValue.of(targets),
            ScriptValue.of(temperature))
        .get(0);
  }

  NDArray values(NDManager owner, NDArray states, TensorList weights, TensorList biases) {
    return script.run(owner, "values", ScriptValue.of(states), weights, biases).get(0);
  }

  /**
   * Surrogates as losses.
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

  /**
   * Surrogates whose tokens count by constant weights.
   *
   * @param weights shape (N)
   */
  Surrogates weightedSurrogates(
      NDManager owner,
      NDArray logProbs,
      NDArray behavior,
      NDArray advantages,
      NDArray shares,
      NDArray weights) {
    NDList result =
        script.run(
            owner,
            "weighted_surrogates",
            ScriptValue.of(logProbs),
            ScriptValue.of(behavior),
            ScriptValue.of(advantages),
            ScriptValue.of(shares),
            ScriptValue.of(weights));
    return new Surrogates(result.get(0), result.get(1));
  }

  /** The squared log-ratios of policy and behavior policy, by shares: a recorded scalar. */
  NDArray squaredLogRatios(NDManager owner, NDArray logProbs, NDArray behavior, NDArray shares) {
    return script
        .run(
            owner,
            "squared_log_ratios",
            ScriptValue.of(logProbs),
            ScriptValue.of(behavior),
            ScriptValue.of(shares))
        .get(0);
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

  /**
   * The losses' sum times {@code share}, a recorded scalar. DJL's own product with a number leaves
   * the graph a buffer that the garbage collector may free before the pass backward.
   */
  NDArray shared(NDManager owner, NDArray losses, double share) {
    return script.run(owner, "shared", ScriptValue.of(losses), ScriptValue.of(share)).get(0);
  }

  /**
   * Derivative of the step's loss by each log-probability, shape (N).
   *
   * @param others recorded scalars that the loss has besides
   */
  NDArray updateCoefficients(
      NDManager owner,
      NDArray losses,
      NDArray weights,
      NDArray logProbs,
      NDArray reference,
      CommonPenalties penalties,
      List<NDArray> others) {
    try (TensorList beside = new TensorList(others)) {
      return script
          .run(
              owner,
              "update_coefficients",
              ScriptValue.of(losses),
              ScriptValue.of(weights),
              ScriptValue.of(logProbs),
              ScriptValue.of(reference),
              ScriptValue.of(penalties.k1()),
              ScriptValue.of(penalties.k3()),
              beside)
          .get(0);
    }
  }

  /**
   * What a pass backward begins at.
   *
   * @param states recorded, shape (N, D)
   * @param errors of {@link Prediction}
   * @param head shape (V, D)
   * @param temperature that the prediction was made at
   */
  record Output(NDArray states, NDArray errors, NDArray head, double temperature) {}

  /**
   * Gradients of {@code Σ_t coefficients[t]·logProbs[t] + Σ others}.
   *
   * @param coefficients shape (N)
   * @param others recorded scalars
   * @param end whether the graph is not needed again; the errors are overwritten then
   */
  NDList backward(
      NDManager owner,
      Output output,
      NDArray coefficients,
      List<NDArray> others,
      DifferentiatedTensors by,
      boolean end) {
    try (TensorList beside = new TensorList(others)) {
      return script.run(
          owner,
          "backward",
          ScriptValue.of(output.states()),
          ScriptValue.of(output.errors()),
          ScriptValue.of(coefficients),
          ScriptValue.of(output.head()),
          ScriptValue.of(output.temperature()),
          beside,
          by.list(),
          ScriptValue.of((long) by.placeOf(output.head())),
          ScriptValue.of(end));
    }
  }

  /**
   * What a pass backward through the model's layers begins with.
   *
   * @param byHidden derivative by the hidden states behind the last norm, shape (B, T, D)
   * @param lossScale that it is multiplied by
   */
  record Begun(NDArray byHidden, double lossScale) {}

  /**
   * The way back through the output layer, whose gradient is added to its sum.
   *
   * @param positions where in the flattened (B, T) the states stand
   * @param hidden of the shape of the hidden states
   * @param end whether the errors are not needed again; they are overwritten then
   */
  Begun beginBackward(
      NDManager owner,
      Output output,
      NDArray coefficients,
      NDArray positions,
      NDArray hidden,
      TensorList sums,
      DifferentiatedTensors by,
      boolean end) {
    NDList result =
        script.run(
            owner,
            "begin_backward",
            ScriptValue.of(output.states()),
            ScriptValue.of(output.errors()),
            ScriptValue.of(coefficients),
            ScriptValue.of(output.head()),
            ScriptValue.of(output.temperature()),
            ScriptValue.of(positions),
            ScriptValue.of(hidden),
            sums,
            ScriptValue.of((long) by.placeOf(output.head())),
            ScriptValue.of(end));
    return new Begun(result.get(0), result.get(1).getDouble());
  }

  /** Adds the gradients of recorded scalars to the sums, one for each of {@code by}. */
  void addGradients(
      NDManager owner, List<NDArray> losses, DifferentiatedTensors by, TensorList sums) {
    try (TensorList all = new TensorList(losses)) {
      script.run(owner, "add_gradients", all, by.list(), sums);
    }
  }

  void addHeadGradients(
      NDManager owner,
      NDArray sums,
      NDArray coefficients,
      NDArray states,
      NDArray errors,
      double temperature) {
    script.infer(
        owner,
        "add_head_gradients",
        ScriptValue.of(sums),
        ScriptValue.of(coefficients),
        ScriptValue.of(states),
        ScriptValue.of(errors),
        ScriptValue.of(temperature));
  }

  /** Shape (M, M), float64. */
  NDArray innerProducts(NDManager owner, NDArray gradients) {
    return script.infer(owner, "inner_products", ScriptValue.of(gradients)).get(0);
  }

  /** Shape (M, M), float64. */
  NDArray tokenKernel(
      NDManager owner, NDArray coefficients, NDArray states, NDArray errors, double temperature) {
    return script
        .infer(
            owner,
            "token_kernel",
            ScriptValue.of(coefficients),
            ScriptValue.of(states),
            ScriptValue.of(errors),
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
