package io.gapo.ops.demo;

import io.gapo.runtime.llama.LlamaConfig;
import java.nio.file.Path;

/** A directory holds neither a policy nor an adapter nor a checkpoint. */
public final class NoPolicyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NoPolicyException(Path directory) {
    super(
        "%s holds neither a policy nor a whole checkpoint: a policy has a file %s"
            .formatted(directory, LlamaConfig.FILE));
  }
}
