package io.gapo.runtime.lora;

import io.gapo.core.settings.Bounds;
import io.gapo.runtime.llama.LlamaConfig;
import java.util.List;

/**
 * What an adapter is.
 *
 * @param rank r, of each of its products of two matrices
 * @param alpha what is added to a layer is scaled by alpha / rank
 * @param targets the projections that it adds to, in every layer; kept in the model's order
 */
public record LoraSettings(int rank, double alpha, List<String> targets) {

  /** The projections that can have adapters, in the model's order. */
  public static final List<String> TARGETS =
      List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

  public LoraSettings {
    Bounds.atLeast("rank", rank, 1);
    Bounds.require(
        (float) alpha > 0 && Float.isFinite((float) alpha),
        "alpha",
        "> 0 and within the range of float32",
        alpha);
    for (String target : targets) {
      Bounds.require(TARGETS.contains(target), "targets", "of " + TARGETS, "'" + target + "'");
    }
    Bounds.require(!targets.isEmpty(), "targets", "at least one of " + TARGETS, targets);
    List<String> given = List.copyOf(targets);
    targets = TARGETS.stream().filter(given::contains).toList();
  }

  /**
   * Looks whether a model has room for a new adapter; nothing is allocated. A larger one that is
   * saved already computes what it says, so that it is read.
   *
   * @throws IllegalArgumentException if the rank is above the larger side of a target
   */
  public void requireRoom(LlamaConfig config) {
    new LoraLayout(config, this).requireRoom();
  }

  /** s, which the product of the two matrices is scaled by. */
  public double scale() {
    return alpha / rank;
  }
}
