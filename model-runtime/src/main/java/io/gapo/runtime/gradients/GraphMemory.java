package io.gapo.runtime.gradients;

import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Decides which micro-batches' graphs are kept, by an estimate of what they take. */
final class GraphMemory {

  private final LlamaConfig config;
  private final DataType type;
  private final long limit;

  /**
   * @param type of what the model computes with
   * @param limit bytes that graphs may take together
   */
  GraphMemory(LlamaConfig config, DataType type, long limit) {
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
    long tokens = (long) pack.members().size() * pack.length();
    long errors = (long) pack.targets().length * config.vocabulary() * Float.BYTES;
    return tokens * config.layers() * bytesPerTokenOfLayer() + errors;
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
