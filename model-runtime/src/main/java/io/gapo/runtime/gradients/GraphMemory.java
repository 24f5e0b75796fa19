package io.gapo.runtime.gradients;

import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Decides which micro-batches' graphs are kept, by an estimate of what they take. */
public final class GraphMemory {

  private final LlamaConfig config;
  private final DataType type;
  private final long limit;

  /**
   * For a model and a setting.
   *
   * @param type of what the model computes with
   * @param limit bytes that graphs may take together
   */
  public GraphMemory(LlamaConfig config, DataType type, long limit) {
    this.config = config;
    this.type = type;
    this.limit = limit;
  }

  /**
   * One use for each micro-batch. The last ones are kept, as many as fit: what is run before them
   * holds nothing of theirs.
   */
  List<GraphUse> plan(List<PackedRollouts> packs) {
    List<GraphUse> uses = new ArrayList<>();
    long kept = 0;
    boolean fits = true;
    for (int i = packs.size() - 1; i >= 0; i--) {
      long bytes = bytes(packs.get(i));
      fits &= kept + bytes <= limit;
      if (fits) {
        kept += bytes;
        uses.add(GraphUse.KEPT);
      } else {
        uses.add(bytes <= limit ? GraphUse.AGAIN : GraphUse.BY_LAYERS);
      }
    }
    Collections.reverse(uses);
    return uses;
  }

  /** What a micro-batch's whole graph takes, with the output layer's errors. */
  long bytes(PackedRollouts pack) {
    return whole((long) pack.members().size() * pack.length(), pack.targets().length);
  }

  /**
   * What a step of the longest rollouts takes at its highest, beside weights and gradients: graphs
   * and the output layer's probabilities.
   *
   * @param batch rollouts
   * @param promptTokens of each
   * @param responseTokens of each
   * @return bytes, estimated
   */
  public long peak(int batch, int promptTokens, int responseTokens, int microBatchTokens) {
    long length = (long) promptTokens + responseTokens;
    long rows = Math.min(batch, Math.max(1, microBatchTokens / length));
    long responses = rows * responseTokens;
    long whole = whole(rows * length, responses);
    long packs = (batch + rows - 1) / rows;
    long graphs =
        whole <= limit ? Math.min(limit, packs * whole) : byLayers(rows * length, responses);
    // Probabilities are made in the memory of two such matrices, of which one remains.
    return graphs + probabilities(responses);
  }

  /** Whether the graph of a micro-batch may be kept, however many others there are. */
  public boolean fits(long tokens, long responses) {
    return whole(tokens, responses) <= limit;
  }

  /**
   * What the graph of a whole pass forward takes.
   *
   * @param tokens with padding
   * @param responses tokens that the output layer predicts
   */
  private long whole(long tokens, long responses) {
    return tokens * config.layers() * bytesPerTokenOfLayer() + probabilities(responses);
  }

  private long byLayers(long tokens, long responses) {
    long inputs = (config.layers() + 2L) * config.hiddenSize() * type.bytes();
    return tokens * (inputs + bytesPerTokenOfLayer()) + probabilities(responses);
  }

  private long probabilities(long responses) {
    return responses * config.vocabulary() * Float.BYTES;
  }

  /**
   * What autograd keeps of a token in a layer, as counted with PyTorch's saved-tensor hooks: six
   * vectors of the residual stream's width, queries, attention's output twice, keys and values for
   * every query head, and four vectors of the feed-forward layer's width.
   */
  private long bytesPerTokenOfLayer() {
    long attention = 5L * config.heads() * config.headSize();
    long values = 6L * config.hiddenSize() + attention + 4L * config.intermediateSize();
    return values * type.bytes();
  }
}
