package io.gapo.runtime.llama;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.gapo.runtime.torch.Autograd;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchScript;
import java.util.List;

/**
 * The Llama forward pass over whole sequences, differentiable with respect to the weights.
 *
 * <p>Shapes: B sequences, T tokens, D hidden size, V vocabulary. Sequences of unequal length are
 * padded on the right; what stands there does not influence what stands before it. Thread-safe on a
 * CPU; on a GPU for the thread that made it ({@link TorchScript}).
 */
public final class LlamaProgram implements AutoCloseable {

  /** Positions to begin with; a model may read a hundred times as many and rarely does. */
  private static final int FIRST_POSITIONS = 2048;

  private final TorchRuntime runtime;
  private final LlamaConfig config;
  private final NDManager manager;
  private final TorchScript script;
  private final LowRankTerms nothingAdded;
  private volatile RotaryTables rotary;

  public LlamaProgram(TorchRuntime runtime, LlamaConfig config) {
    this.runtime = runtime;
    this.config = config;
    this.manager = runtime.newManager();
    this.script =
        LlamaScript.load(
            manager, config.variant(), LlamaProgram.class, "llama.py", Autograd.SCRIPT);
    this.nothingAdded = new LowRankTerms(new TensorList(List.of()), 1);
    this.rotary = rotary(Math.min(FIRST_POSITIONS, config.maxPositions()));
  }

  private RotaryTables rotary(int positions) {
    return RotaryTables.of(runtime, manager, config, positions);
  }

  /** Tables that are outgrown stay until the program closes: another thread may use them. */
  private synchronized RotaryTables rotaryFor(long tokens) {
    if (tokens > rotary.positions()) {
      long doubled = Math.max(tokens, 2L * rotary.positions());
      rotary = rotary((int) Math.min(doubled, config.maxPositions()));
    }
    return rotary;
  }

  /**
   * Hidden states behind the last norm, under the thread's grad mode.
   *
   * @param owner whom the result belongs to
   * @param ids tokens, int64, shape (B, T)
   * @return shape (B, T, D)
   */
  public NDArray hidden(NDManager owner, LlamaWeights weights, NDArray ids) {
    return hidden(owner, weights, nothingAdded, ids);
  }

  /**
   * Computes {@link #hidden(NDManager, LlamaWeights, NDArray)} with low-rank terms beside the
   * weights.
   */
  public NDArray hidden(NDManager owner, LlamaWeights weights, LowRankTerms terms, NDArray ids) {
    return script.run(owner, "hidden", wholePass(weights, terms, ids)).get(0);
  }

  /**
   * What stands before every layer and behind the last: all that {@link #backward} needs of a pass
   * forward, in a small part of the memory of its graph.
   *
   * @param ids tokens, int64, shape (B, T)
   * @return L + 1 tensors, shape (B, T, D); they require gradients
   */
  public NDList layerInputs(
      NDManager owner, LlamaWeights weights, LowRankTerms terms, NDArray ids) {
    NDList inputs =
        GradMode.notRecording(
            () -> script.run(owner, "layer_inputs", wholePass(weights, terms, ids)));
    inputs.forEach(input -> input.setRequiresGradient(true));
    return inputs;
  }

  /** Behind the last norm, of the last of {@link #layerInputs}; not recorded, shape (B, T, D). */
  public NDArray lastNorm(NDManager owner, LlamaWeights weights, NDArray behindLayers) {
    return GradMode.notRecording(
        () ->
            script
                .run(
                    owner,
                    "last_norm",
                    weights.separate().weights(),
                    ScriptValue.of(weights.config().normEpsilon()),
                    ScriptValue.of(behindLayers))
                .get(0));
  }

  /**
   * Differentiates layer by layer, from the last norm to the embedding: each layer is run again and
   * its graph freed, so that there is never more than one.
   *
   * @param inputs from {@link #layerInputs}
   * @param end whether the inputs are not needed again; they are freed on the way then
   * @param byHidden derivative of the loss by the hidden states behind the last norm, shape (B, T,
   *     D)
   * @param into what the parameters' gradients are added to
   */
  public void backward(
      NDManager parent,
      LlamaWeights weights,
      LowRankTerms terms,
      NDArray ids,
      NDList inputs,
      NDArray byHidden,
      GradientSums into,
      boolean end) {
    GradMode.recording(
        () -> {
          int layers = config.layers();
          NDArray derivative =
              script
                  .run(
                      parent,
                      "last_norm_backward",
                      weights.separate().weights(),
                      ScriptValue.of(config.normEpsilon()),
                      ScriptValue.of(inputs.get(layers)),
                      ScriptValue.of(byHidden),
                      into.parameters(),
                      into.sums(),
                      ScriptValue.of(into.lossScale()))
                  .get(0);
          if (end) {
            inputs.get(layers).close();
          }
          for (int layer = layers - 1; layer >= 0; layer--) {
            NDArray next =
                layerBackward(parent, weights, terms, layer, inputs.get(layer), derivative, into);
            derivative.close();
            if (end) {
              inputs.get(layer).close();
            }
            derivative = next;
          }
          script
              .run(
                  parent,
                  "embedding_backward",
                  weights.separate().weights(),
                  ScriptValue.of(ids),
                  ScriptValue.of(derivative),
                  into.parameters(),
                  into.sums(),
                  ScriptValue.of(into.lossScale()))
              .close();
          derivative.close();
          return into;
        });
  }

  private NDArray layerBackward(
      NDManager owner,
      LlamaWeights weights,
      LowRankTerms terms,
      int layer,
      NDArray input,
      NDArray byOutput,
      GradientSums into) {
    RotaryTables tables = rotaryFor(input.getShape().get(1));
    return script
        .run(
            owner,
            "layer_backward",
            weights
                .separate()
                .followedBy(
                    ScriptValue.of((long) layer),
                    ScriptValue.of(input),
                    ScriptValue.of(byOutput),
                    ScriptValue.of(tables.cosines()),
                    ScriptValue.of(tables.sines()),
                    terms.factors(),
                    ScriptValue.of(terms.scale()),
                    into.parameters(),
                    into.sums(),
                    ScriptValue.of(into.lossScale())))
        .get(0);
  }

  /** Arguments of a pass over all layers. */
  private ScriptValue[] wholePass(LlamaWeights weights, LowRankTerms terms, NDArray ids) {
    long tokens = ids.getShape().get(1);
    if (tokens > config.maxPositions()) {
      throw new IllegalArgumentException(
          "the model reads at most %s, was %s".formatted(config.readingLimit(), tokens));
    }
    RotaryTables tables = tokens <= rotary.positions() ? rotary : rotaryFor(tokens);
    return weights
        .separate()
        .followedBy(
            ScriptValue.of(ids),
            ScriptValue.of(tables.cosines()),
            ScriptValue.of(tables.sines()),
            terms.factors(),
            ScriptValue.of(terms.scale()));
  }

  /** Terms that add nothing; they belong to this object. */
  public LowRankTerms nothingAdded() {
    return nothingAdded;
  }

  /**
   * Next-token logits, under the thread's grad mode.
   *
   * @param hidden from {@link #hidden}, or rows of it, shape (*, D)
   * @return shape (*, V)
   */
  public NDArray logits(NDManager owner, LlamaWeights weights, NDArray hidden) {
    return script
        .run(owner, "logits", ScriptValue.of(hidden), ScriptValue.of(weights.head()))
        .get(0);
  }

  /** Hidden states and logits of a batch, shapes (B, T, D) and (B, T, V). */
  public Output forward(NDManager owner, LlamaWeights weights, NDArray ids) {
    NDArray hidden = hidden(owner, weights, ids);
    return new Output(hidden, logits(owner, weights, hidden));
  }

  /**
   * What the model makes of a batch.
   *
   * @param hidden behind the last norm, shape (B, T, D)
   * @param logits of each next token, shape (B, T, V)
   */
  public record Output(NDArray hidden, NDArray logits) {}

  @Override
  public void close() {
    nothingAdded.factors().close();
    script.close();
    manager.close();
  }
}
