package io.gapo.runtime.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;

/** An argument of a scripted method. */
public abstract sealed class ScriptValue permits ScriptValue.Temporary, TensorList {

  /** Its native form, for one call. */
  abstract IValue open();

  /** Ends what {@link #open} began. */
  abstract void release(IValue opened);

  /** A {@code Tensor}. */
  public static ScriptValue of(NDArray tensor) {
    return new Temporary(IValue.from((PtNDArray) tensor));
  }

  /** An {@code int}. */
  public static ScriptValue of(long number) {
    return new Temporary(IValue.from(number));
  }

  /** A {@code List[int]}. */
  public static ScriptValue integers(long... numbers) {
    return new Temporary(IValue.listFrom(numbers));
  }

  /** A {@code float}. */
  public static ScriptValue of(double number) {
    return new Temporary(IValue.from(number));
  }

  /** A {@code bool}. */
  public static ScriptValue of(boolean flag) {
    return new Temporary(IValue.from(flag));
  }

  /** Native form for a single call, which frees it. */
  static final class Temporary extends ScriptValue {

    private final IValue value;

    private Temporary(IValue value) {
      this.value = value;
    }

    @Override
    IValue open() {
      return value;
    }

    @Override
    void release(IValue opened) {
      opened.close();
    }
  }
}
