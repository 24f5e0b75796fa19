package io.gapo.runtime.sampling;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.RotaryTables;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.Tensors;
import io.gapo.runtime.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.List;

/**
 * The key/value cache and the scripts that fill and extend it.
 *
 * <p>Rows 0 to A - 1 are active. Whoever owns the batch keeps them so: new rows go behind the last
 * active one, and when a row ends, {@link #move} fills its place.
 */
final class DecodeBatch implements AutoCloseable {

  /**
   * One token for each active row.
   *
   * @param logProbs in nats, under the distribution that the token was sampled from
   */
  record Sampled(int[] tokens, float[] logProbs) {}

  private final DecodeWeights model;
  private final int queryHeads;
  private final double temperature;
  private final NDManager manager;
  private final TensorList caches;
  private final TensorList tables;
  private final StepNumbers numbers;

  /**
   * Allocates the cache.
   *
   * @param rows S
   * @param positions C, tokens a row
   */
  DecodeBatch(
      TorchRuntime runtime, LlamaWeights weights, int rows, int positions, double temperature) {
    this.model = new DecodeWeights(runtime, weights);
    this.temperature = temperature;
    this.manager = runtime.newManager();
    LlamaConfig config = weights.config();
    this.queryHeads = config.heads();
    this.caches = caches(runtime, config, rows, positions);
    this.tables = tables(runtime, config, rows, positions);
    this.numbers = new StepNumbers(manager, rows);
  }

  private TensorList caches(TorchRuntime runtime, LlamaConfig config, int rows, int positions) {
    Tensors tensors = runtime.tensors();
    List<NDArray> caches = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      NDArray both =
          tensors.zeros(
              manager,
              runtime.dataType(),
              2L * rows,
              config.keyValueHeads(),
              positions,
              config.headSize());
      caches.add(tensors.rows(both, 0, rows));
      caches.add(tensors.rows(both, rows, 2L * rows));
      caches.add(both.reshape(-1, config.headSize()));
    }
    return new TensorList(caches);
  }

  private TensorList tables(TorchRuntime runtime, LlamaConfig config, int rows, int positions) {
    RotaryTables rotary = RotaryTables.of(runtime, manager, config, positions);
    long[] ticks = new long[positions];
    for (int i = 0; i < ticks.length; i++) {
      ticks[i] = i;
    }
    int heads = config.keyValueHeads();
    long[] starts = new long[Math.multiplyExact(2 * rows, heads)];
    for (int row = 0; row < rows; row++) {
      for (int head = 0; head < heads; head++) {
        int at = 2 * row * heads + head;
        starts[at] = ((long) row * heads + head) * positions; // of keys
        starts[at + heads] = ((long) (rows + row) * heads + head) * positions; // of values
      }
    }
    return new TensorList(
        List.of(
            rotary.cosines(),
            rotary.sines(),
            manager.create(ticks),
            manager.create(starts, new Shape(rows, 2L * heads))));
  }

  /**
   * Reads prompts into new rows.
   *
   * @param prompts all but the last token of each distinct prompt: that one is decoded
   * @param promptOfRow for each new row, the index of its prompt
   * @param first the first new row
   */
  void prefill(List<int[]> prompts, int[] promptOfRow, int first) {
    int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
    if (longest == 0) {
      return;
    }
    long[] ids = new long[Math.multiplyExact(prompts.size(), longest)];
    for (int i = 0; i < prompts.size(); i++) {
      int[] prompt = prompts.get(i);
      for (int t = 0; t < prompt.length; t++) {
        ids[i * longest + t] = prompt[t];
      }
    }
    try (NDManager step = manager.newSubManager()) {
      model.infer(
          step,
          ids.length,
          "prefill",
          ScriptValue.of(step.create(ids, new Shape(prompts.size(), longest))),
          indices(step, promptOfRow),
          ScriptValue.of(first),
          caches,
          tables,
          ScriptValue.of(queryHeads));
    }
  }

  /**
   * Samples the next token of each active row.
   *
   * @param tokens the newest token of each, not in the cache yet
   * @param positions where it stands
   * @param uniforms what to sample with, in [0, 1)
   */
  Sampled decode(int[] tokens, int[] positions, float[] uniforms) {
    int active = tokens.length;
    float[] inputs = new float[3 * active];
    int shortest = Integer.MAX_VALUE;
    int longest = 0;
    for (int i = 0; i < active; i++) {
      inputs[i] = tokens[i];
      inputs[active + i] = positions[i];
      shortest = Math.min(shortest, positions[i] + 1);
      longest = Math.max(longest, positions[i] + 1);
    }
    System.arraycopy(uniforms, 0, inputs, 2 * active, active);
    try (NDManager step = manager.newSubManager()) {
      NDArray stepNumbers = numbers.holding(step, inputs);
      model.infer(
          step,
          active,
          "decode",
          ScriptValue.of(stepNumbers),
          ScriptValue.of(active),
          ScriptValue.of(shortest),
          ScriptValue.of(longest),
          caches,
          tables,
          ScriptValue.of(queryHeads),
          ScriptValue.of(temperature));
      float[] results = numbers.results(stepNumbers, active);
      int[] next = new int[active];
      float[] logProbs = new float[active];
      for (int i = 0; i < active; i++) {
        next[i] = (int) results[2 * i];
        logProbs[i] = results[2 * i + 1];
      }
      return new Sampled(next, logProbs);
    }
  }

  /** Copies the first {@code longest} positions of some rows to others. */
  void move(int[] sources, int[] targets, int longest) {
    try (NDManager step = manager.newSubManager()) {
      model.inferAlone(
          step,
          "move",
          indices(step, sources),
          indices(step, targets),
          ScriptValue.of(longest),
          caches);
    }
  }

  private static ScriptValue indices(NDManager step, int[] values) {
    long[] wide = new long[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return ScriptValue.of(step.create(wide));
  }

  /** To be called whenever the weights have changed. */
  void followWeights() {
    model.follow();
  }

  /** How many tensors are alive, for the test that none is left behind. */
  int managedTensors() {
    return manager.getManagedArrays().size();
  }

  @Override
  public void close() {
    caches.close();
    tables.close();
    model.close();
    manager.close();
  }
}
