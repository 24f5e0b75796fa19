package io.gapo.runtime.gradients;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.runtime.gradients.PolicyForward.MicroBatchTensors;
import io.gapo.runtime.gradients.PpoScript.Prediction;
import io.gapo.runtime.gradients.PpoScript.Surrogates;
import io.gapo.runtime.torch.GradMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One micro-batch's way from the policy's weights to its losses, in native memory until closed.
 *
 * <p>N response tokens, M objectives. First {@link #runReference} and {@link #lose}, then the
 * gradients.
 */
final class PolicyGraph implements AutoCloseable {

  private final NDManager manager;
  private final PolicyForward model;
  private final PackedRollouts pack;
  private final MicroBatchTensors tensors;
  private final NDArray states;
  private final Prediction prediction;
  private final NDArray values;
  private @Nullable NDArray reference;
  private @Nullable Losses losses;
  private @Nullable NDArray coefficients;

  /** Surrogates by the rollouts' preferences, shape (M). */
  private @Nullable NDArray preferred;

  /**
   * What the micro-batch adds to the batch's losses, and its importance ratios.
   *
   * @param surrogate shape (M)
   * @param value shape (M)
   * @param ratios shape (N)
   */
  record Losses(NDArray surrogate, NDArray value, NDArray ratios) {}

  /**
   * What is computed outside, for each response token.
   *
   * @param behavior log-probabilities when sampled, shape (N)
   * @param shares of each token in a loss, shape (N)
   * @param advantages row-major of shape (M, N)
   * @param returns likewise; empty for group-relative advantages
   * @param preferred likewise, what counts in the update; empty if it is the advantages themselves
   */
  record TokenColumns(
      float[] behavior, float[] shares, float[] advantages, float[] returns, float[] preferred) {}

  private PolicyGraph(NDManager manager, PolicyForward model, PackedRollouts pack) {
    this.manager = manager;
    this.model = model;
    this.pack = pack;
    this.tensors =
        new MicroBatchTensors(
            manager.create(pack.tokens(), new Shape(pack.members().size(), pack.length())),
            manager.create(pack.positions()),
            manager.create(pack.targets()));
    this.states = model.states(manager, tensors);
    this.prediction = GradMode.notRecording(() -> model.predict(manager, states, tensors));
    prediction.logProbs().setRequiresGradient(true);
    this.values = model.values(manager, states);
  }

  /** Runs the policy; the thread must be recording. */
  static PolicyGraph forward(NDManager parent, PolicyForward model, PackedRollouts pack) {
    NDManager manager = parent.newSubManager();
    boolean done = false;
    try {
      PolicyGraph graph = new PolicyGraph(manager, model, pack);
      done = true;
      return graph;
    } finally {
      if (!done) {
        manager.close();
      }
    }
  }

  PackedRollouts pack() {
    return pack;
  }

  /** Of the response tokens under the policy, shape (N). */
  float[] logProbs() {
    return prediction.logProbs().toFloatArray();
  }

  /** Of the value heads, row-major of shape (M, N). */
  float[] values() {
    return values.toFloatArray();
  }

  /** In nats, summed over the response tokens. */
  double entropySum() {
    return prediction.entropy().getFloat();
  }

  /** Runs the reference policy, not recording; its log-probabilities, shape (N). */
  float[] runReference() {
    try (NDManager step = manager.newSubManager()) {
      NDArray logProbs = model.referenceLogProbs(step, tensors);
      logProbs.attach(manager);
      reference = logProbs;
      return logProbs.toFloatArray();
    }
  }

  /** Computes this micro-batch's part of the batch's losses. */
  Losses lose(TokenColumns tokens) {
    PpoSettings settings = model.settings();
    int objectives = settings.objectives().size();
    Shape all = new Shape(objectives, pack.targets().length);
    NDArray shares = manager.create(tokens.shares());
    Surrogates surrogates =
        model
            .script()
            .surrogates(
                manager,
                prediction.logProbs(),
                manager.create(tokens.behavior()),
                manager.create(tokens.advantages(), all),
                shares,
                settings.clips().clipRange());
    NDArray valueLosses =
        trainsValueHeads()
            ? model
                .script()
                .valueLosses(
                    manager,
                    values,
                    values.stopGradient(),
                    manager.create(tokens.returns(), all),
                    shares,
                    settings.clips().valueClip())
            : manager.zeros(new Shape(objectives));
    if (settings.preferred()) {
      preferred =
          model
              .script()
              .surrogates(
                  manager,
                  prediction.logProbs(),
                  manager.create(tokens.behavior()),
                  manager.create(tokens.preferred(), all),
                  shares,
                  settings.clips().clipRange())
              .losses();
    }
    Losses result = new Losses(surrogates.losses(), valueLosses, surrogates.ratios());
    losses = result;
    return result;
  }

  /** Derivatives of each loss by each log-probability, with what the output layer saw. */
  LastLayerGram.Part lastLayer() {
    return new LastLayerGram.Part(coefficients(), states, prediction.errors());
  }

  private NDArray coefficients() {
    if (coefficients == null) {
      coefficients =
          model.script().coefficients(manager, lost().surrogate(), prediction.logProbs());
    }
    return coefficients;
  }

  /**
   * Gradients of the update's loss, and the end of this graph.
   *
   * @param owner of the gradients
   * @param weights of the objectives, shape (M)
   * @param klShare weight of each token's divergence from the reference policy
   * @param valueShare weight of the value heads' losses
   * @return one tensor for each of {@code by}, in order
   */
  NDList updateGradients(
      NDManager owner,
      float[] weights,
      double klShare,
      double valueShare,
      DifferentiatedTensors by) {
    if (reference == null) {
      throw new IllegalStateException("the reference policy has not been run");
    }
    NDArray ofUpdate =
        model
            .script()
            .updateCoefficients(
                manager,
                preferred != null ? preferred : lost().surrogate(),
                manager.create(weights),
                prediction.logProbs(),
                reference,
                klShare);
    List<NDArray> others =
        trainsValueHeads() ? List.of(lost().value().sum().mul(valueShare)) : List.of();
    NDList gradients = model.script().backward(owner, output(), ofUpdate, others, by, true);
    close();
    return gradients;
  }

  private boolean trainsValueHeads() {
    return model.settings().advantages().kind() == AdvantageKind.GAE;
  }

  /** One objective's gradients; the graph is kept. */
  NDList objectiveGradients(NDManager owner, int objective, DifferentiatedTensors by) {
    return model
        .script()
        .backward(owner, output(), coefficients().get(objective), List.of(), by, false);
  }

  private PpoScript.Output output() {
    return new PpoScript.Output(
        states, prediction.errors(), model.head(), model.settings().temperature());
  }

  private Losses lost() {
    if (losses == null) {
      throw new IllegalStateException("the losses have not been computed");
    }
    return losses;
  }

  @Override
  public void close() {
    manager.close();
  }
}
