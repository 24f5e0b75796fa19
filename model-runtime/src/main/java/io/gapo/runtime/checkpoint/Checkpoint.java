package io.gapo.runtime.checkpoint;

import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.lora.LoraSettings;
import java.util.List;
import java.util.Optional;

/**
 * One policy version with everything that training needs to continue from it.
 *
 * @param model all trainable tensors, value heads included
 * @param optimizer the optimizer's moments
 * @param optimizerSteps how many steps made those moments; the learning-rate schedule's position
 * @param lora what the adapter among the trainable tensors is, if the policy has one
 */
public record Checkpoint(
    CheckpointState state,
    List<NamedTensor> model,
    List<NamedTensor> optimizer,
    long optimizerSteps,
    Optional<LoraSettings> lora) {

  public Checkpoint {
    model = List.copyOf(model);
    optimizer = List.copyOf(optimizer);
    if (optimizerSteps < 0) {
      throw new IllegalArgumentException("optimizerSteps must be >= 0, was " + optimizerSteps);
    }
  }
}
