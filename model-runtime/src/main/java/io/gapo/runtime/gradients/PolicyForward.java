package io.gapo.runtime.gradients;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.runtime.llama.GradientSums;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.LowRankTerms;
import io.gapo.runtime.torch.GradMode;
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

  /** What the policy's head reads to predict a micro-batch's response tokens, shape (N, D). */
  NDArray states(NDManager owner, MicroBatchTensors batch) {
    try (NDManager pass = owner.newSubManager()) {
      NDArray hidden = program.hidden(pass, weights(), terms(), batch.ids());
      NDArray states = script.states(pass, hidden, batch.positions());
      states.attach(owner);
      return states;
    }
  }

  /** What a pass backward layer by layer needs of the pass forward. */
  NDList layerInputs(NDManager owner, MicroBatchTensors batch) {
    return program.layerInputs(owner, weights(), terms(), batch.ids());
  }

  /** {@link #states} of these inputs, not recorded. */
  NDArray statesBehind(NDManager owner, NDList layerInputs, MicroBatchTensors batch) {
    NDArray behindLayers = layerInputs.get(layerInputs.size() - 1);
    try (NDManager pass = owner.newSubManager()) {
      NDArray hidden = program.lastNorm(pass, weights(), behindLayers);
      NDArray states = GradMode.notRecording(() -> script.states(pass, hidden, batch.positions()));
      states.attach(owner);
      return states;
    }
  }

  /** Goes back from the hidden states to the embedding, layer by layer. */
  void backward(
      NDManager owner,
      MicroBatchTensors batch,
      NDList layerInputs,
      NDArray byHidden,
      GradientSums into,
      boolean end) {
    program.backward(owner, weights(), terms(), batch.ids(), layerInputs, byHidden, into, end);
  }

  private LlamaWeights weights() {
    return policy.trained().weights(reference);
  }

  private LowRankTerms terms() {
    return policy.trained().terms().orElseGet(program::nothingAdded);
  }

  /** What it makes of that; must not be recorded. */
  PpoScript.Prediction predict(NDManager owner, NDArray states, MicroBatchTensors batch) {
    return script.predict(owner, states, head(), batch.targets(), settings.temperature());
  }

  /** The policy's output layer, shape (V, D). */
  NDArray head() {
    return policy.trained().head(reference);
  }

  /** The response tokens' log-probabilities under the reference policy, shape (N). */
  float[] referenceLogProbs(NDManager parent, PackedRollouts pack) {
    try (NDManager pass = parent.newSubManager()) {
      MicroBatchTensors batch = MicroBatchTensors.of(pass, pack);
      return GradMode.notRecording(() -> referenceLogProbs(pass, batch)).toFloatArray();
    }
  }

  private NDArray referenceLogProbs(NDManager owner, MicroBatchTensors batch) {
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
  record MicroBatchTensors(NDArray ids, NDArray positions, NDArray targets) {

    static MicroBatchTensors of(NDManager owner, PackedRollouts pack) {
      return new MicroBatchTensors(
          owner.create(pack.tokens(), new Shape(pack.members().size(), pack.length())),
          owner.create(pack.positions()),
          owner.create(pack.targets()));
    }
  }

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
