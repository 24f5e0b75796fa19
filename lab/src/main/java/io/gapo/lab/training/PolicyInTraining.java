package io.gapo.lab.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.lab.training.DemonstrationForm.Sequence;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import java.util.List;
import java.util.Map;

/** A policy that learns to answer as demonstrated. Not thread-safe. */
final class PolicyInTraining implements Trainee<Sequence, SupervisedReport> {

  private final TorchRuntime runtime;
  private final Backbone backbone;
  private final int microBatchTokens;

  /**
   * @param runtime stays its owner's
   * @param backbone with an output layer over the vocabulary; taken over
   * @param microBatchTokens that go through the model together when it is evaluated
   */
  PolicyInTraining(TorchRuntime runtime, Backbone backbone, int microBatchTokens) {
    this.runtime = runtime;
    this.backbone = backbone;
    this.microBatchTokens = microBatchTokens;
  }

  /** Where each response token is predicted in the flattened batch, and what it is. */
  private record Targets(long[] positions, long[] tokens) {

    private static Targets of(List<Sequence> batch) {
      int length = PaddedTokens.longest(rows(batch));
      int responses = batch.stream().mapToInt(Sequence::responseLength).sum();
      long[] positions = new long[responses];
      long[] targets = new long[responses];
      int at = 0;
      for (int row = 0; row < batch.size(); row++) {
        Sequence sequence = batch.get(row);
        for (int i = sequence.promptLength(); i < sequence.length(); i++) {
          positions[at] = (long) row * length + i - 1;
          targets[at++] = sequence.tokens()[i];
        }
      }
      return new Targets(positions, targets);
    }
  }

  private static List<int[]> rows(List<Sequence> batch) {
    return batch.stream().map(Sequence::tokens).toList();
  }

  Backbone backbone() {
    return backbone;
  }

  @Override
  public Map<String, NDArray> trained() {
    return backbone.trained();
  }

  @Override
  public int rowsAnExample() {
    return 1;
  }

  /** The loss is a mean over response tokens. */
  @Override
  public long weight(Sequence example) {
    return example.responseLength();
  }

  @Override
  public double addGradients(
      NDManager step,
      List<Sequence> microBatch,
      double share,
      TensorList parameters,
      TensorList sums) {
    Targets targets = Targets.of(microBatch);
    return backbone.addGradients(
        step,
        PaddedTokens.ids(step, rows(microBatch)),
        targets.tokens().length,
        parameters,
        sums,
        (owner, hidden) ->
            backbone
                .script()
                .run(
                    owner,
                    "next_token_loss",
                    ScriptValue.of(hidden),
                    ScriptValue.of(backbone.weights().head()),
                    ScriptValue.of(owner.create(targets.positions())),
                    ScriptValue.of(owner.create(targets.tokens())),
                    ScriptValue.of(share))
                .get(0));
  }

  @Override
  public SupervisedReport evaluate(ExampleSet<?, Sequence> heldOut) {
    int count = heldOut.size();
    double[] sums = new double[count];
    long[] tokens = new long[count];
    int at = 0;
    for (List<Integer> batch : LengthBatches.byTokens(heldOut, rowsAnExample(), microBatchTokens)) {
      List<Sequence> sequences = heldOut.get(batch);
      float[] losses = losses(sequences);
      int token = 0;
      for (Sequence sequence : sequences) {
        tokens[at] = sequence.responseLength();
        for (int i = 0; i < tokens[at]; i++) {
          sums[at] += losses[token++];
        }
        at++;
      }
    }
    return report(sums, tokens);
  }

  private float[] losses(List<Sequence> batch) {
    Targets targets = Targets.of(batch);
    try (NDManager step = runtime.newManager()) {
      return GradMode.notRecording(
              () ->
                  backbone
                      .script()
                      .run(
                          step,
                          "next_token_losses",
                          ScriptValue.of(
                              backbone.hidden(step, PaddedTokens.ids(step, rows(batch)))),
                          ScriptValue.of(backbone.weights().head()),
                          ScriptValue.of(step.create(targets.positions())),
                          ScriptValue.of(step.create(targets.tokens())))
                      .get(0))
          .toFloatArray();
    }
  }

  /** The mean over tokens is a ratio of two sums over demonstrations, and so is its error. */
  private static SupervisedReport report(double[] sums, long[] tokens) {
    double sum = 0;
    long count = 0;
    for (int i = 0; i < sums.length; i++) {
      sum += sums[i];
      count += tokens[i];
    }
    double mean = count == 0 ? 0 : sum / count;
    double squares = 0;
    for (int i = 0; i < sums.length; i++) {
      double residual = sums[i] - mean * tokens[i];
      squares += residual * residual;
    }
    double error =
        sums.length < 2 ? 0 : Math.sqrt(squares * sums.length / (sums.length - 1.0)) / count;
    return new SupervisedReport(mean, error, count, sums.length);
  }

  @Override
  public void close() {
    backbone.close();
  }
}
