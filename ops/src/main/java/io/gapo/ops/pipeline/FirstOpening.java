package io.gapo.ops.pipeline;

import ai.djl.engine.EngineException;
import io.gapo.runtime.checkpoint.DirectoryInUseException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Opens a stage's model, and reports a failure of the very first time: what cannot be opened then
 * is set up wrongly, and whoever starts the process should be told. Later failures are the stage's
 * own to try again, and so is what another process will leave: a directory that it has locked, the
 * memory of a device.
 */
final class FirstOpening<M> implements Supplier<M> {

  private final Supplier<? extends M> open;
  private final Consumer<RuntimeException> failed;
  private boolean isFirst = true;

  /** Creates one for a stage, whose thread alone calls it. */
  FirstOpening(Supplier<? extends M> open, Consumer<RuntimeException> failed) {
    this.open = open;
    this.failed = failed;
  }

  @Override
  public M get() {
    try {
      M model = open.get();
      isFirst = false;
      return model;
    } catch (DirectoryInUseException | EngineException e) {
      throw e;
    } catch (RuntimeException e) {
      if (isFirst) {
        isFirst = false;
        failed.accept(e);
      }
      throw e;
    }
  }
}
