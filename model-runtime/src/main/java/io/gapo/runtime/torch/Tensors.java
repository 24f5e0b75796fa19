package io.gapo.runtime.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.TensorMemory;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The way of tensors in and out of native memory.
 *
 * <p>DJL cannot create bfloat16 (it aborts the JVM), so half precision crosses as F32, which holds
 * its values exactly, or as bytes. Nothing here is recorded for differentiation, and every result
 * may require gradients later.
 */
public final class Tensors {

  /** What is read at a time: small beside a model, large beside the cost of a call. */
  private static final int PART_BYTES = 1 << 22;

  /** 16 MiB: what travels to or from a GPU at a time. */
  private static final int STAGED_FLOATS = 1 << 22;

  private final TorchScript script;
  private final Optional<StagingBuffer> staging;
  private final Optional<ThreadStream> stream;
  private final Device device;

  /** Direct memory that every tensor is read through; garbage of its kind is collected late. */
  private final ByteBuffer part =
      ByteBuffer.allocateDirect(PART_BYTES).order(ByteOrder.nativeOrder());

  /**
   * @param stream of the manager's device, if it is a GPU
   */
  Tensors(NDManager manager, Optional<ThreadStream> stream) {
    this.stream = stream;
    this.device = manager.getDevice();
    this.script = TorchScript.load(manager, Tensors.class, "tensors.py");
    this.staging = stream.map(gpu -> StagingBuffer.allocate(script, manager, STAGED_FLOATS));
  }

  /** Zeros of an element type. */
  public NDArray zeros(NDManager owner, DataType type, long... shape) {
    try (NDManager step = owner.newSubManager()) {
      NDArray device = step.zeros(new Shape());
      return GradMode.notRecording(
          () ->
              script
                  .run(
                      owner,
                      "zeros",
                      ScriptValue.of(device),
                      ScriptValue.integers(shape),
                      ScriptValue.of(scalarType(type)))
                  .get(0));
    }
  }

  /** A tensor of this content and element type. */
  public NDArray create(NDManager owner, NamedTensor tensor) {
    byte[] data = TensorValues.widen(tensor).data();
    NDArray wide = owner.create(new Shape(tensor.shape()), ai.djl.ndarray.types.DataType.FLOAT32);
    staging.ifPresentOrElse(
        stage -> stage.write(data, wide), () -> memory(wide).ifPresent(memory -> memory.put(data)));
    return converted(owner, wide, tensor.dataType());
  }

  /** Tensors of these contents in single precision, read at one go. */
  public List<NDArray> create(NDManager owner, List<NamedTensor> tensors) {
    List<NDArray> created =
        tensors.stream().<NDArray>map(tensor -> owner.zeros(new Shape(tensor.shape()))).toList();
    load(created, tensors);
    return created;
  }

  /** Converts like {@link #convert}, but closes the tensor given if another one results. */
  public NDArray converted(NDManager owner, NDArray tensor, DataType type) {
    NDArray result = convert(owner, tensor, type);
    if (result != tensor) {
      tensor.close();
    }
    return result;
  }

  /** Converts to another element type; returns the tensor itself if it has that type. */
  public NDArray convert(NDManager owner, NDArray tensor, DataType type) {
    if (tensor.getDataType() == djlType(type)) {
      return tensor;
    }
    return GradMode.notRecording(
        () ->
            script
                .run(owner, "to_type", ScriptValue.of(tensor), ScriptValue.of(scalarType(type)))
                .get(0));
  }

  /** Some rows of a tensor, sharing its memory but not its history; owned as it is. */
  public NDArray rows(NDArray tensor, long begin, long end) {
    return GradMode.notRecording(
        () ->
            script
                .run(
                    tensor.getManager(),
                    "rows",
                    ScriptValue.of(tensor),
                    ScriptValue.of(begin),
                    ScriptValue.of(end))
                .get(0));
  }

  /** Copies values in place, converting element types; shapes must agree pair by pair. */
  public void copy(List<NDArray> targets, List<NDArray> sources) {
    if (targets.isEmpty()) {
      return;
    }
    try (NDManager step = targets.get(0).getManager().newSubManager();
        TensorList into = new TensorList(targets);
        TensorList from = new TensorList(sources)) {
      script.infer(step, "copy_into", into, from);
    }
  }

  /**
   * Overwrites contiguous tensors, on all cores if it is on the CPU; shapes must agree pair by
   * pair. Sources that are lent are copied from where they are.
   *
   * @throws io.gapo.core.policy.TensorsReleasedException if they were lent and are gone; if one
   *     lender lent all, nothing is overwritten then
   */
  public void load(List<NDArray> targets, List<NamedTensor> sources) {
    Optional<LentTensors> lender = LentTensors.lenderOf(sources);
    if (lender.isPresent()) {
      read(
          lender.get(),
          sources,
          tensors -> {
            copy(targets, tensors);
            return targets;
          });
      return;
    }
    places(targets).forEach(i -> load(targets.get(i), sources.get(i)));
  }

  /**
   * Works with tensors where they are, if one lender lends them all on this device; the work must
   * not change them.
   *
   * @return empty, and no work was done, if they are not lent so
   * @throws io.gapo.core.policy.TensorsReleasedException if they were lent so and are gone
   */
  public <T> Optional<T> whereLent(List<NamedTensor> named, Function<List<NDArray>, T> work) {
    return LentTensors.lenderOf(named)
        .filter(lender -> lender.device().equals(device))
        .map(lender -> read(lender, named, work));
  }

  private <T> T read(LentTensors lender, List<NamedTensor> named, Function<List<NDArray>, T> work) {
    return lender.read(
        named,
        tensors -> {
          try {
            return work.apply(tensors);
          } finally {
            // From here on the lender may change or free them.
            stream.ifPresent(ThreadStream::synchronize);
          }
        });
  }

  /** To be taken on all cores, but not with a GPU, whose work is in this thread's order. */
  private IntStream places(List<NDArray> tensors) {
    IntStream places = IntStream.range(0, tensors.size());
    return stream.isPresent() ? places : places.parallel();
  }

  private void load(NDArray target, NamedTensor source) {
    if (staging.isPresent()) {
      staging.get().write(TensorValues.widen(source).data(), target);
      return;
    }
    Optional<ByteBuffer> memory =
        source.dataType() == DataType.F32 ? memory(target) : Optional.empty();
    if (memory.isPresent()) {
      memory.get().put(source.data());
      return;
    }
    try (NDManager step = target.getManager().newSubManager()) {
      copy(List.of(target), List.of(create(step, TensorValues.widen(source))));
    }
  }

  /**
   * Overwrites a tensor with one of a file, converting its element type: read and copied part by
   * part, with nothing on the heap and one part in native memory.
   *
   * @param target contiguous, of as many elements as the file's
   */
  public void load(NDArray target, SafetensorsFile file, String name) {
    load(target, file, name, PART_BYTES);
  }

  /** {@code partBytes}: a multiple of 4, no larger than a part. */
  synchronized void load(NDArray target, SafetensorsFile file, String name, int partBytes) {
    DataType stored = file.dataType(name);
    long bytes = file.entry(name).size();
    for (long at = 0; at < bytes; at += partBytes) {
      int length = (int) Math.min(partBytes, bytes - at);
      file.read(name, at, part.clear().limit(length));
      try (NDManager step = target.getManager().newSubManager()) {
        // As bytes, since DJL cannot create bfloat16.
        NDArray stretch =
            step.create(part.flip(), new Shape(length), ai.djl.ndarray.types.DataType.UINT8);
        script.infer(
            step,
            "load_bytes",
            ScriptValue.of(target),
            ScriptValue.of(stretch),
            ScriptValue.of(at / stored.bytes()),
            ScriptValue.of(scalarType(stored)));
      }
    }
  }

  /**
   * Many tensors' values as plain bytes, in the element type asked for: on the CPU a policy's take
   * all cores, since memory is filled as well as copied.
   *
   * @param names one a tensor
   */
  public List<NamedTensor> toNamedTensors(
      List<String> names, List<NDArray> tensors, DataType type) {
    return places(tensors)
        .mapToObj(i -> toNamedTensor(names.get(i), tensors.get(i), type))
        .toList();
  }

  /** A tensor's values as plain bytes, in the element type asked for. */
  public NamedTensor toNamedTensor(String name, NDArray tensor, DataType type) {
    try (NDManager step = tensor.getManager().newSubManager()) {
      NDArray wide = convert(step, tensor, DataType.F32);
      byte[] data = new byte[Math.toIntExact(wide.size() * Float.BYTES)];
      if (staging.isPresent()) {
        staging.get().read(wide, data);
      } else {
        memory(wide).orElseThrow().get(data);
      }
      long[] shape = tensor.getShape().getShape();
      return TensorValues.convert(new NamedTensor(name, DataType.F32, shape, data), type);
    }
  }

  /**
   * The elements of a single precision tensor, to be read and written in place; empty if it is not
   * on the CPU.
   *
   * @return not to be used once the tensor is closed
   */
  public static Optional<FloatBuffer> sharedMemory(NDArray tensor) {
    return memory(tensor).map(ByteBuffer::asFloatBuffer);
  }

  private static Optional<ByteBuffer> memory(NDArray tensor) {
    return TensorMemory.of((PtNDArray) tensor);
  }

  private static ai.djl.ndarray.types.DataType djlType(DataType type) {
    return switch (type) {
      case F32 -> ai.djl.ndarray.types.DataType.FLOAT32;
      case BF16 -> ai.djl.ndarray.types.DataType.BFLOAT16;
      case F16 -> ai.djl.ndarray.types.DataType.FLOAT16;
    };
  }

  /** PyTorch's own number of an element type ({@code c10::ScalarType}). */
  private static long scalarType(DataType type) {
    return switch (type) {
      case F32 -> 6;
      case BF16 -> 15;
      case F16 -> 5;
    };
  }
}
