package io.gapo.runtime.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.runtime.learning.PolicyForward.MicroBatchTensors;
import io.gapo.runtime.learning.PpoScript.Prediction;
import io.gapo.runtime.learning.PpoScript.Surrogates;
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
  private final Prediction prediction;
  private final NDArray values;
  private @Nullable NDArray reference;
  private @Nullable Losses losses;

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
    this.prediction = model.policy(manager, tensors);
    this.values = model.values(manager, prediction.states());
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
    return model.script().entropySum(manager, prediction.distribution());
  }

  /** Runs the reference policy, not recording; its log-probabilities, shape (N). */
  float[] runReference() {
    try (NDManager step = manager.newSubManager()) {
      NDArray logProbs = model.reference(step, tensors).logProbs();
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
                settings.clipRange());
    NDArray valueLosses =
        settings.advantage() == AdvantageKind.GENERALIZED
            ? model
                .script()
                .valueLosses(
                    manager,
                    values,
                    values.stopGradient(),
                    manager.create(tokens.returns(), all),
                    shares,
                    settings.valueClip())
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
                  settings.clipRange())
              .losses();
    }
    Losses result = new Losses(surrogates.losses(), valueLosses, surrogates.ratios());
    losses = result;
    return result;
  }

  /** Derivatives of each loss by each log-probability, with what the output layer saw. */
  LastLayerGram.Part lastLayer() {
    NDArray coefficients =
        model.script().coefficients(manager, lost().surrogate(), prediction.logProbs());
    return new LastLayerGram.Part(
        coefficients, prediction.states(), prediction.distribution(), tensors.targets());
  }

  /**
   * The loss of the update's backward pass.
   *
   * @param weights of the objectives, shape (M)
   * @param klShare weight of each token's divergence from the reference policy
   * @param valueShare weight of the value heads' losses
   */
  NDArray updateLoss(float[] weights, double klShare, double valueShare) {
    if (reference == null) {
      throw new IllegalStateException("the reference policy has not been run");
    }
    return model
        .script()
        .updateLoss(
            manager,
            preferred != null ? preferred : lost().surrogate(),
            manager.create(weights),
            prediction.logProbs(),
            reference,
            klShare,
            valueShare == 1 ? lost().value() : lost().value().mul(valueShare));
  }

  /** One objective's loss alone, a scalar; the graph is kept. */
  NDArray objectiveLoss(NDManager owner, int objective) {
    return model.script().objectiveLoss(owner, lost().surrogate(), objective);
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
