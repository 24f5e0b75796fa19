package io.gapo.runtime.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.torch.TensorList;

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

  /** What the policy says of a micro-batch's response tokens; recorded. */
  PpoScript.Prediction policy(NDManager owner, MicroBatchTensors batch) {
    TrainedPart trained = policy.trained();
    return predict(
        owner,
        trained.hidden(program, owner, reference, batch.ids()),
        trained.head(reference),
        batch);
  }

  /** What the reference policy says of them; must not be recorded. */
  PpoScript.Prediction reference(NDManager owner, MicroBatchTensors batch) {
    return predict(owner, program.hidden(owner, reference, batch.ids()), reference.head(), batch);
  }

  private PpoScript.Prediction predict(
      NDManager owner, NDArray hidden, NDArray head, MicroBatchTensors batch) {
    return script.predict(
        owner, hidden, head, batch.positions(), batch.targets(), settings.temperature());
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
