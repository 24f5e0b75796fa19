package io.gapo.runtime.lora;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What training starts from.
 *
 * @param directory of the model, in Hugging Face's layout; also the reference policy
 * @param adapter what is trained beside the frozen model; if empty, the model itself is trained
 */
public record InitialPolicy(Path directory, Optional<AdapterSource> adapter) {

  /** A model of which everything is trained. */
  public static InitialPolicy whole(Path directory) {
    return new InitialPolicy(directory, Optional.empty());
  }
}
