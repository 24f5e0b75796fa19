package io.gapo.runtime.scoring;

import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.checkpoint.ExportTarget;
import io.gapo.runtime.checkpoint.ModelFiles;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.safetensors.PendingTensor;
import java.nio.file.Path;
import java.util.List;

/** Writes a score model that was trained here, to be opened here and by other tools. */
public final class ScoreModelExport {

  private ScoreModelExport() {}

  /**
   * Writes the trunk and the head, and copies tokenizer and chat template; see {@link
   * ModelFiles#write}. A padding token that only {@code generation_config.json} names goes into
   * {@code config.json}, where transformers looks for it to score several texts at once.
   *
   * @param origin directory of the model that training began with
   * @param scoreType {@code reward} or {@code cost}
   * @param tensors of trunk and head, all of {@code dataType}
   * @throws io.gapo.runtime.checkpoint.UnusablePolicyException if the target holds checkpoints or
   *     an adapter, or a tensor is not finite
   */
  public static void write(
      Path target,
      Path origin,
      ScoreLayout layout,
      String scoreType,
      List<PendingTensor> tensors,
      DataType dataType) {
    ExportTarget.requireForPolicy(target);
    LlamaConfig model = LlamaConfig.read(origin);
    ModelFiles.write(
        target,
        origin,
        config ->
            layout.describe(
                config, model.variant().family(), scoreType, model.specialTokens().padding()),
        tensors,
        dataType);
  }
}
