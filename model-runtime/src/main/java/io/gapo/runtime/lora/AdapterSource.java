package io.gapo.runtime.lora;

import io.gapo.runtime.llama.LlamaConfig;
import java.nio.file.Path;

/** The adapter that a policy starts with. */
public sealed interface AdapterSource permits AdapterSource.Fresh, AdapterSource.Saved {

  /** One that adds nothing yet. */
  record Fresh(LoraSettings settings, long seed) implements AdapterSource {}

  /** One in a directory that {@code peft} or {@code gapo export --adapter} wrote. */
  record Saved(Path directory) implements AdapterSource {}

  /** What kind of adapter it is. */
  default LoraSettings settingsFor(LlamaConfig config) {
    return this instanceof Saved saved
        ? PeftAdapter.read(saved.directory(), config).settings()
        : ((Fresh) this).settings();
  }
}
