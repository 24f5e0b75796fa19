package io.gapo.runtime.checkpoint;

import io.gapo.core.port.ForUser;
import java.nio.file.Path;

/** Another optimizer writes to the same checkpoint directory: two would overwrite each other. */
public final class DirectoryInUseException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  public DirectoryInUseException(Path directory) {
    super(
        "another optimizer uses the checkpoint directory %s; stop it, or choose another directory"
            .formatted(directory));
  }
}
