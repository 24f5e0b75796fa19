package io.gapo.lab.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.lab.training.PairForm.TokenPair;
import io.gapo.runtime.safetensors.PendingTensor;
import io.gapo.runtime.scoring.ScoreLayout;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** A backbone with a score head, which starts at zero. Not thread-safe. */
final class ScoreModelInTraining implements Trainee<TokenPair, PreferenceReport> {

  private final TorchRuntime runtime;
  private final Backbone backbone;
  private final ScoreLayout layout;
  private final OptionalInt padding;
  private final double regularization;
  private final int microBatchTokens;
  private final NDManager manager;
  private final NDArray headWeight;
  private final NDArray headBias;

  /**
   * @param runtime stays its owner's
   * @param backbone without an output layer; taken over
   * @param layout says at which token a score stands, and whether the head has a bias
   * @param padding the model's padding token
   * @param regularization weight of the mean squared score
   * @param microBatchTokens that go through the model together when it is evaluated
   */
  ScoreModelInTraining(
      TorchRuntime runtime,
      Backbone backbone,
      ScoreLayout layout,
      OptionalInt padding,
      double regularization,
      int microBatchTokens) {
    this.runtime = runtime;
    this.backbone = backbone;
    this.layout = layout;
    this.padding = padding;
    this.regularization = regularization;
    this.microBatchTokens = microBatchTokens;
    this.manager = runtime.newManager();
    this.headWeight = manager.zeros(new Shape(1, backbone.weights().config().hiddenSize()));
    this.headBias = manager.zeros(new Shape(1));
  }

  @Override
  public Map<String, NDArray> trained() {
    Map<String, NDArray> trained = new LinkedHashMap<>(backbone.trained());
    trained.putAll(head());
    return trained;
  }

  private Map<String, NDArray> head() {
    Map<String, NDArray> head = new LinkedHashMap<>();
    head.put(layout.weight(), headWeight);
    if (layout.isBiased()) {
      head.put(layout.bias(), headBias);
    }
    return head;
  }

  @Override
  public int rowsAnExample() {
    return 2;
  }

  /** The loss is a mean over pairs. */
  @Override
  public long weight(TokenPair example) {
    return 1;
  }

  @Override
  public double addGradients(
      NDManager step,
      List<TokenPair> microBatch,
      double share,
      TensorList parameters,
      TensorList sums) {
    List<int[]> rows = rows(microBatch);
    return backbone.addGradients(
        step,
        PaddedTokens.ids(step, rows),
        0,
        parameters,
        sums,
        (owner, hidden) -> loss(owner, scores(owner, hidden, rows), microBatch, share));
  }

  /** The pairs' higher responses, then their lower ones. */
  private static List<int[]> rows(List<TokenPair> batch) {
    List<int[]> rows = new ArrayList<>();
    batch.forEach(pair -> rows.add(pair.higher()));
    batch.forEach(pair -> rows.add(pair.lower()));
    return rows;
  }

  /** Shape (2P), in the order of the rows. */
  private NDArray scores(NDManager owner, NDArray hidden, List<int[]> rows) {
    int length = PaddedTokens.longest(rows);
    long[] positions = new long[rows.size()];
    for (int row = 0; row < positions.length; row++) {
      positions[row] = (long) row * length + layout.position(rows.get(row), padding);
    }
    return backbone
        .script()
        .run(
            owner,
            "scores",
            ScriptValue.of(hidden),
            ScriptValue.of(owner.create(positions)),
            ScriptValue.of(headWeight),
            ScriptValue.of(headBias))
        .get(0);
  }

  private NDArray loss(NDManager owner, NDArray scores, List<TokenPair> batch, double share) {
    return backbone
        .script()
        .run(
            owner,
            "pair_loss",
            ScriptValue.of(scores),
            ScriptValue.of(owner.create(signs(batch))),
            ScriptValue.of(regularization),
            ScriptValue.of(share))
        .get(0);
  }

  private static float[] signs(List<TokenPair> batch) {
    float[] signs = new float[2 * batch.size()];
    for (int i = 0; i < batch.size(); i++) {
      signs[i] = batch.get(i).higherSign();
      signs[batch.size() + i] = batch.get(i).lowerSign();
    }
    return signs;
  }

  @Override
  public PreferenceReport evaluate(ExampleSet<?, TokenPair> heldOut) {
    double loss = 0;
    int ranked = 0;
    int signed = 0;
    int rightlySigned = 0;
    for (List<Integer> indices :
        LengthBatches.byTokens(heldOut, rowsAnExample(), microBatchTokens)) {
      List<TokenPair> batch = heldOut.get(indices);
      float[] signs = signs(batch);
      float[] scores;
      try (NDManager step = runtime.newManager()) {
        List<int[]> rows = rows(batch);
        NDArray tensor =
            GradMode.notRecording(
                () -> scores(step, backbone.hidden(step, PaddedTokens.ids(step, rows)), rows));
        loss +=
            batch.size()
                * (double) GradMode.notRecording(() -> loss(step, tensor, batch, 1).getFloat());
        scores = tensor.toFloatArray();
      }
      for (int i = 0; i < batch.size(); i++) {
        ranked += scores[i] > scores[batch.size() + i] ? 1 : 0;
      }
      for (int i = 0; i < signs.length; i++) {
        signed += signs[i] != 0 ? 1 : 0;
        rightlySigned += signs[i] * scores[i] > 0 ? 1 : 0;
      }
    }
    int pairs = Math.max(1, heldOut.size());
    return new PreferenceReport(
        loss / pairs,
        (double) ranked / pairs,
        signed == 0 ? 1 : (double) rightlySigned / signed,
        heldOut.size(),
        signed);
  }

  /** Backbone and head, to be written; after this call nothing can be trained further. */
  List<PendingTensor> merged(DataType stored) {
    List<PendingTensor> tensors = new ArrayList<>(backbone.merged(stored));
    head().forEach((name, tensor) -> tensors.add(backbone.pending(name, tensor, stored)));
    return tensors;
  }

  @Override
  public void close() {
    manager.close();
    backbone.close();
  }
}
