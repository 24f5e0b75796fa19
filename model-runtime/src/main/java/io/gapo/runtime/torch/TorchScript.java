package io.gapo.runtime.torch;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.ScriptCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Stateless methods in TorchScript, kept as readable resource files and compiled by libtorch when
 * loaded: one call instead of many, and operators that DJL's NDArray does not have.
 *
 * <p>Thread-safe on a CPU; on a GPU it belongs to the thread that loaded it ({@link ThreadStream}).
 * Argument counts and types are checked by libtorch at each call.
 */
public final class TorchScript implements AutoCloseable {

  private final PtSymbolBlock block;
  private final Optional<Thread> owner;

  private TorchScript(PtSymbolBlock block, Optional<Thread> owner) {
    this.block = block;
    this.owner = owner;
  }

  /**
   * Compiles a script.
   *
   * @param manager of the device that it will run on
   * @param owner beside which the resources lie
   * @param resources file names of methods at the left margin, each with {@code self} first; all
   *     together they are one script and may call each other
   */
  public static TorchScript load(NDManager manager, Class<?> owner, String... resources) {
    StringBuilder methods = new StringBuilder();
    for (String resource : resources) {
      methods.append(read(owner, resource)).append('\n');
    }
    return compile(manager, methods.toString());
  }

  private static String read(Class<?> owner, String resource) {
    try (InputStream stream = owner.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalArgumentException(
            "no resource %s beside %s".formatted(resource, owner.getName()));
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read script " + resource, e);
    }
  }

  /** Compiles methods given as text. */
  static TorchScript compile(NDManager manager, String methods) {
    try {
      InputStream archive = new ByteArrayInputStream(TorchScriptArchive.pack(methods));
      return new TorchScript(
          JniUtils.loadModule((PtNDManager) manager, archive, true, false),
          manager.getDevice().isGpu() ? Optional.of(Thread.currentThread()) : Optional.empty());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot load a script from memory", e);
    }
  }

  /**
   * Runs a method in inference mode: fast, writes into tensors in place whatever their history, and
   * its results can never enter autograd.
   *
   * @param owner whom the results belong to
   * @return the tensor or tensors that the method returns
   */
  public NDList infer(NDManager owner, String method, ScriptValue... arguments) {
    return call(owner, arguments, values -> IValueUtils.runMethod(block, method, values));
  }

  /**
   * Runs a method under this thread's {@link GradMode}, so that its results can be differentiated.
   *
   * @param owner whom the results belong to
   * @return the tensor or tensors that the method returns
   */
  public NDList run(NDManager owner, String method, ScriptValue... arguments) {
    return call(owner, arguments, values -> ScriptCalls.runWithAutograd(block, method, values));
  }

  private interface NativeCall {
    IValue run(IValue[] arguments) throws EngineException;
  }

  private NDList call(NDManager owner, ScriptValue[] arguments, NativeCall method) {
    requireOwnThread();
    // Shapes change from call to call: specializing the graph to them costs more than it gains.
    JniUtils.setGraphExecutorOptimize(false);
    IValue[] values = new IValue[arguments.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = arguments[i].open();
    }
    try (IValue result = method.run(values)) {
      return tensors(result, (PtNDManager) owner);
    } finally {
      for (int i = 0; i < values.length; i++) {
        arguments[i].release(values[i]);
      }
    }
  }

  /** Another thread's work would be in no order with this one's: wrong numbers, now and then. */
  private void requireOwnThread() {
    if (owner.isPresent() && owner.get() != Thread.currentThread()) {
      throw new IllegalStateException(
          "a model on a GPU is used by thread '%s', but was opened by '%s': use it where it was opened"
              .formatted(Thread.currentThread().getName(), owner.get().getName()));
    }
  }

  private static NDList tensors(IValue result, PtNDManager owner) {
    if (result.isTensor()) {
      return new NDList(result.toTensor(owner));
    }
    if (result.isTensorList()) {
      NDArray[] tensors = result.toTensorArray(owner);
      return new NDList(tensors);
    }
    NDList tensors = new NDList();
    for (IValue element : result.toIValueTuple()) {
      try (element) {
        tensors.add(element.toTensor(owner));
      }
    }
    return tensors;
  }

  @Override
  public void close() {
    block.close();
  }
}
