package io.gapo.runtime.gradients;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.runtime.gradients.PolicyForward.MicroBatchTensors;
import io.gapo.runtime.gradients.PpoScript.Prediction;
import io.gapo.runtime.gradients.PpoScript.Surrogates;
import io.gapo.runtime.torch.CloseOnFailure;
import io.gapo.runtime.torch.GradMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one micro-batch, from the policy's run to its losses, in native memory until
 * closed; with its graph, where that is kept.
 *
 * <p>N response tokens, M objectives. First {@link #lose}, then the gradients.
 */
final class MeasuredPack implements AutoCloseable {

  private final NDManager manager;
  private final PolicyForward model;
  private final PackedRollouts pack;
  private final GraphUse use;
  private final MicroBatchTensors tensors;
  private final @Nullable RecordedPass kept;
  private final NDArray reference;
  private final NDArray states;
  private final NDArray logProbs;
  private final double entropySum;
  private final NDArray values;
  private @Nullable Losses losses;
  private @Nullable NDArray coefficients;

  /** Of the response tokens: log-probabilities when sampled, and shares in a loss, shape (N). */
  private @Nullable NDArray behavior;

  private @Nullable NDArray shares;

  /** By the ratio correction, shape (N); null where each objective clips. */
  private @Nullable NDArray corrections;

  /**
   * Surrogates as they count in the update, if they are not the objectives' own: by the rollouts'
   * preferences, shape (M), or of one advantage for all objectives, shape (1).
   */
  private @Nullable NDArray counted;

  /** The ratio correction's, a scalar. */
  private @Nullable NDArray regularisation;

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
   * @param weights by the ratio correction, shape (N); empty where each objective clips
   * @param advantages row-major of shape (M, N)
   * @param returns likewise; empty for group-relative advantages
   * @param preferred likewise, what counts in the update; empty if it is the advantages themselves
   */
  record TokenColumns(
      float[] behavior,
      float[] shares,
      float[] weights,
      float[] advantages,
      float[] returns,
      float[] preferred) {}

  private MeasuredPack(
      NDManager manager,
      PolicyForward model,
      PackedRollouts pack,
      GraphUse use,
      float[] reference) {
    this.manager = manager;
    this.model = model;
    this.pack = pack;
    this.use = use;
    this.tensors = MicroBatchTensors.of(manager, pack);
    this.reference = manager.create(reference);
    Prediction prediction;
    if (use == GraphUse.KEPT) {
      RecordedPass recorded = RecordedPass.forward(manager, model, tensors);
      this.kept = recorded;
      this.states = recorded.states();
      prediction = recorded.prediction();
    } else {
      this.kept = null;
      this.states = GradMode.notRecording(() -> model.states(manager, tensors));
      prediction = GradMode.notRecording(() -> model.predict(manager, states, tensors));
      prediction.errors().close();
    }
    this.logProbs = prediction.logProbs();
    this.entropySum = prediction.entropy().getFloat();
    logProbs.setRequiresGradient(true);
    this.values = GradMode.recording(() -> model.values(manager, states));
  }

  /**
   * Runs the policy.
   *
   * @param reference log-probabilities under the reference policy, shape (N)
   */
  static MeasuredPack forward(
      NDManager parent, PolicyForward model, PackedRollouts pack, GraphUse use, float[] reference) {
    NDManager manager = parent.newSubManager();
    return CloseOnFailure.create(
        () -> new MeasuredPack(manager, model, pack, use, reference), manager::close);
  }

  PackedRollouts pack() {
    return pack;
  }

  /** Of the response tokens under the policy, shape (N). */
  float[] logProbs() {
    return logProbs.toFloatArray();
  }

  /** Of the value heads, row-major of shape (M, N). */
  float[] values() {
    return values.toFloatArray();
  }

  /** In nats, summed over the response tokens. */
  double entropySum() {
    return entropySum;
  }

  /** Computes this micro-batch's part of the batch's losses. */
  Losses lose(TokenColumns tokens) {
    PpoSettings settings = model.settings();
    int objectives = settings.objectives().size();
    behavior = manager.create(tokens.behavior());
    shares = manager.create(tokens.shares());
    if (tokens.weights().length > 0) {
      corrections = manager.create(tokens.weights());
    }
    Surrogates surrogates = surrogates(tokens.advantages(), objectives);
    NDArray valueLosses =
        trainsValueHeads()
            ? model
                .script()
                .valueLosses(
                    manager,
                    values,
                    values.stopGradient(),
                    manager.create(tokens.returns(), new Shape(objectives, pack.targets().length)),
                    shares,
                    settings.clips().valueClip())
            : manager.zeros(new Shape(objectives));
    if (settings.preferred()) {
      counted = surrogates(tokens.preferred(), objectives).losses();
    }
    if (settings.losses().correction().regularisation() > 0) {
      regularisation = model.script().squaredLogRatios(manager, logProbs, behavior, shares);
    }
    Losses result = new Losses(surrogates.losses(), valueLosses, surrogates.ratios());
    losses = result;
    return result;
  }

  /**
   * Has the update follow one surrogate, of one advantage a response token, instead of the
   * objectives' own.
   */
  void follow(float[] advantages) {
    counted = surrogates(advantages, 1).losses();
  }

  /**
   * @param advantages row-major of shape (rows, N)
   */
  private Surrogates surrogates(float[] advantages, int rows) {
    if (behavior == null || shares == null) {
      throw new IllegalStateException("the losses have not been computed");
    }
    PpoScript script = model.script();
    NDArray ofRows = manager.create(advantages, new Shape(rows, pack.targets().length));
    return corrections == null
        ? script.surrogates(
            manager, logProbs, behavior, ofRows, shares, model.settings().clips().clipRange())
        : script.weightedSurrogates(manager, logProbs, behavior, ofRows, shares, corrections);
  }

  /** Derivatives of each loss by each log-probability, with what the output layer saw. */
  LastLayerGram.Part lastLayer() {
    return new LastLayerGram.Part(coefficients(), states, this::errors);
  }

  /** Of {@link Prediction}; made again for {@code owner} where the graph is not kept. */
  private NDArray errors(NDManager owner) {
    return kept != null
        ? kept.prediction().errors()
        : GradMode.notRecording(() -> model.predict(owner, states, tensors)).errors();
  }

  private NDArray coefficients() {
    if (coefficients == null) {
      coefficients = model.script().coefficients(manager, lost().surrogate(), logProbs);
    }
    return coefficients;
  }

  /**
   * Adds the gradients of the update's loss, which ends this object.
   *
   * @param weights of the surrogates, shape (M), or (1) of the one that {@link #follow} made
   * @param penalties beside the objectives
   * @param valueShare weight of the value heads' losses
   * @param into one sum for each of {@code by}
   */
  void addUpdateGradients(
      float[] weights,
      CommonPenalties penalties,
      double valueShare,
      DifferentiatedTensors by,
      SummedGradients into) {
    List<NDArray> beside =
        regularisation != null
            ? List.of(model.script().shared(manager, regularisation, penalties.regularisation()))
            : List.of();
    NDArray ofUpdate =
        model
            .script()
            .updateCoefficients(
                manager,
                counted != null ? counted : lost().surrogate(),
                manager.create(weights),
                logProbs,
                reference,
                penalties,
                beside);
    List<NDArray> others =
        trainsValueHeads()
            ? List.of(model.script().shared(manager, lost().value(), valueShare))
            : List.of();
    try (BackwardPass pass = pass()) {
      pass.addGradients(ofUpdate, others, by, into, true);
    }
    close();
  }

  private boolean trainsValueHeads() {
    return model.settings().advantages().kind() == AdvantageKind.GAE;
  }

  /**
   * Adds each objective's gradients to the sums of its own; a graph that is kept stays.
   *
   * @param into by objective, one sum for each of {@code by}
   */
  void addObjectiveGradients(DifferentiatedTensors by, List<SummedGradients> into) {
    BackwardPass pass = pass();
    try {
      for (int m = 0; m < into.size(); m++) {
        pass.addGradients(coefficients().get(m), List.of(), by, into.get(m), false);
      }
    } finally {
      if (pass != kept) {
        pass.close();
      }
    }
  }

  private BackwardPass pass() {
    if (kept != null) {
      return kept;
    }
    return use == GraphUse.BY_LAYERS
        ? LayeredPass.forward(manager, model, tensors)
        : RecordedPass.forward(manager, model, tensors);
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
