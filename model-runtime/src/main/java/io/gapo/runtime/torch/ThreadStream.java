package io.gapo.runtime.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.HashSet;
import java.util.Set;

/**
 * A thread's own queue of work on a GPU: what several threads ask of it runs side by side, and none
 * waits for the others' kernels when it reads a result.
 *
 * <p>Within a thread everything happens in order. Across threads it does not: {@link #synchronize}
 * comes before another thread may read what this one wrote, and before it may overwrite or free
 * what this one read.
 */
final class ThreadStream {

  private static final ThreadLocal<Set<Device>> STARTED = ThreadLocal.withInitial(HashSet::new);

  private final TorchScript script;
  private final NDArray somewhere;

  private ThreadStream(TorchScript script, NDArray somewhere) {
    this.script = script;
    this.somewhere = somewhere;
  }

  /**
   * Gives this thread its stream, if it has none on that GPU.
   *
   * @param manager of a GPU
   */
  static ThreadStream of(NDManager manager) {
    TorchScript script = TorchScript.load(manager, ThreadStream.class, "stream.py");
    NDArray somewhere = manager.zeros(new Shape());
    ThreadStream stream = new ThreadStream(script, somewhere);
    if (!STARTED.get().contains(manager.getDevice())) {
      stream.run("own_stream");
      STARTED.get().add(manager.getDevice());
    }
    return stream;
  }

  /** Waits until all that this thread asked of the GPU is done. */
  void synchronize() {
    run("synchronize");
  }

  private void run(String method) {
    try (NDManager step = somewhere.getManager().newSubManager()) {
      script.infer(step, method, ScriptValue.of(somewhere));
    }
  }
}
