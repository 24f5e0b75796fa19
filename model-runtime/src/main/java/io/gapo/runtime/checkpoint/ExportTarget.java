package io.gapo.runtime.checkpoint;

import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.lora.PeftAdapter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Directories that an export would spoil: whoever reads them would find two things in one. */
public final class ExportTarget {

  private ExportTarget() {}

  /**
   * Refuses to write a policy among checkpoints or beside an adapter.
   *
   * @throws UnusablePolicyException naming what is there
   */
  public static void requireForPolicy(Path target) {
    refuseCheckpoints(target);
    if (PeftAdapter.isIn(target)) {
      throw new UnusablePolicyException(
          "%s holds an adapter: write the policy to another directory".formatted(target));
    }
  }

  /**
   * Refuses to write an adapter among checkpoints or beside a policy.
   *
   * @throws UnusablePolicyException naming what is there
   */
  public static void requireForAdapter(Path target) {
    refuseCheckpoints(target);
    if (Files.exists(target.resolve(LlamaConfig.FILE))) {
      throw new UnusablePolicyException(
          "%s holds a policy: write the adapter to another directory".formatted(target));
    }
  }

  private static void refuseCheckpoints(Path target) {
    if (CheckpointDirectory.isIn(target)) {
      throw new UnusablePolicyException(
          "%s holds an optimizer's checkpoints: write to another directory".formatted(target));
    }
  }
}
