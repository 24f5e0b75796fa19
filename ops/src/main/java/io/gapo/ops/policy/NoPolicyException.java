package io.gapo.ops.policy;

import io.gapo.core.port.ForUser;
import io.gapo.runtime.llama.LlamaConfig;
import java.nio.file.Path;

/** A directory holds neither a policy nor an adapter nor a checkpoint. */
public final class NoPolicyException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  NoPolicyException(Path directory) {
    super(
        "%s holds neither a policy nor a whole checkpoint: a policy has a file %s"
            .formatted(directory, LlamaConfig.FILE));
  }
}
