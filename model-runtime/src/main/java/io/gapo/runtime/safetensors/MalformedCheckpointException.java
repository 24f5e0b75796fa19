package io.gapo.runtime.safetensors;

import io.gapo.core.port.ForUser;
import java.nio.file.Path;

/** A checkpoint file is not what it claims to be: damaged, cut short, or of another model. */
public final class MalformedCheckpointException extends RuntimeException implements ForUser {

  private static final long serialVersionUID = 1L;

  public MalformedCheckpointException(Path file, String what) {
    super(file + ": " + what);
  }

  public MalformedCheckpointException(Path file, String what, Throwable cause) {
    super(file + ": " + what, cause);
  }

  /** Creates the exception for a file of which one tensor is malformed. */
  public static MalformedCheckpointException inTensor(Path file, String tensor, String what) {
    return new MalformedCheckpointException(file, "tensor '%s': %s".formatted(tensor, what));
  }
}
