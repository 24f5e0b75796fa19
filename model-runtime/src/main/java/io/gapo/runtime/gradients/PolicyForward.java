package io.gapo.runtime.gradients;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.trainable.TrainablePolicy;

/** The policy, its value heads and the reference policy, ready to be run. Not thread-safe. */
final class PolicyForward implements AutoCloseable {

  private final PpoSettings settings;
  private final LlamaProgram program;
  private final TrainablePolicy policy;
  private final LlamaWeights reference;
  private final PpoScript script;
  private final TensorList headWeights;
  private final TensorList headBiases;

  /** Takes over everything but the settings. */
  PolicyForward(
      PpoSettings settings,
      LlamaProgram program,
      TrainablePolicy policy,
      LlamaWeights reference,
      PpoScript script) {
    this.settings = settings;
    this.program = program;
    this.policy = policy;
    this.reference = reference;
    this.script = script;
    this.headWeights = new TensorList(policy.heads().weights());
    this.headBiases = new TensorList(policy.heads().biases());
  }

  PpoSettings settings() {
    return settings;
  }

  PpoScript script() {
    return script;
  }

  /** What the policy's head reads to predict a micro-batch's response tokens; recorded. */
  NDArray states(NDManager owner, MicroBatchTensors batch) {
    NDArray hidden = policy.trained().hidden(program, owner, reference, batch.ids());
    return script.states(owner, hidden, batch.positions());
  }

  /** What it makes of that; must not be recorded. */
  PpoScript.Prediction predict(NDManager owner, NDArray states, MicroBatchTensors batch) {
    return script.predict(owner, states, head(), batch.targets(), settings.temperature());
  }

  /** The policy's output layer, shape (V, D). */
  NDArray head() {
    return policy.trained().head(reference);
  }

  /** The response tokens' log-probabilities under the reference policy; must not be recorded. */
  NDArray referenceLogProbs(NDManager owner, MicroBatchTensors batch) {
    NDArray hidden = program.hidden(owner, reference, batch.ids());
    NDArray states = script.states(owner, hidden, batch.positions());
    return script.logProbs(
        owner, states, reference.head(), batch.targets(), settings.temperature());
  }

  /** What the value heads make of hidden states, shape (M, N). */
  NDArray values(NDManager owner, NDArray states) {
    return script.values(owner, states, headWeights, headBiases);
  }

  /**
   * A micro-batch in native memory.
   *
   * @param ids shape (B, T)
   * @param positions where each response token is predicted in the flattened (B, T), shape (N)
   * @param targets the response tokens, shape (N)
   */
  record MicroBatchTensors(NDArray ids, NDArray positions, NDArray targets) {}

  @Override
  public void close() {
    headWeights.close();
    headBiases.close();
    script.close();
    reference.close();
    policy.close();
    program.close();
  }
}
