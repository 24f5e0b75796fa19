package io.gapo.runtime.llama;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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
    this.script = LlamaScript.load(manager, config.variant(), LlamaProgram.class, "llama.py");
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
   * As {@link #hidden(NDManager, LlamaWeights, NDArray)}, with low-rank terms beside the weights.
   */
  public NDArray hidden(NDManager owner, LlamaWeights weights, LowRankTerms terms, NDArray ids) {
    long tokens = ids.getShape().get(1);
    if (tokens > config.maxPositions()) {
      throw new IllegalArgumentException(
          "the model reads at most %s, was %s".formatted(config.readingLimit(), tokens));
    }
    RotaryTables tables = tokens <= rotary.positions() ? rotary : rotaryFor(tokens);
    return script
        .run(
            owner,
            "hidden",
            weights
                .separate()
                .followedBy(
                    ScriptValue.of(ids),
                    ScriptValue.of(tables.cosines()),
                    ScriptValue.of(tables.sines()),
                    terms.factors(),
                    ScriptValue.of(terms.scale())))
        .get(0);
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
