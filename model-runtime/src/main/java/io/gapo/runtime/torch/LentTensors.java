package io.gapo.runtime.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.TensorStorage;
import io.gapo.core.policy.TensorsReleasedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Single precision tensors in native memory that other runtimes of the process read where they are,
 * until they are released. Thread-safe; releasing waits for who is reading.
 */
public final class LentTensors implements AutoCloseable {

  private final String what;
  private final List<NDArray> tensors;
  private final Device device;
  private final @Nullable NDManager owner;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean released;

  private LentTensors(String what, List<NDArray> tensors, @Nullable NDManager owner) {
    this.what = what;
    this.tensors = List.copyOf(tensors);
    this.device = tensors.get(0).getDevice();
    this.owner = owner;
  }

  /**
   * Lends tensors that stay their owner's, who does not change or free them before {@link #close}.
   *
   * @param what they are, for messages: {@code weights}
   */
  public static LentTensors of(String what, List<NDArray> tensors) {
    return new LentTensors(what, tensors, null);
  }

  /**
   * Takes tensors over, whatever becomes of the runtime they were made by, and lends them; frees
   * them at {@link #close}.
   *
   * @param what they are, for messages: {@code gradients}
   */
  public static LentTensors owning(String what, List<NDArray> tensors) {
    NDManager owner = NDManager.newBaseManager(tensors.get(0).getDevice(), TorchRuntime.ENGINE);
    tensors.forEach(tensor -> tensor.attach(owner));
    return new LentTensors(what, tensors, owner);
  }

  /** As what others know them by. */
  public List<NamedTensor> named(List<String> names) {
    List<NamedTensor> named = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      long[] shape = tensors.get(i).getShape().getShape();
      named.add(new NamedTensor(names.get(i), DataType.F32, shape, new Storage(i)));
    }
    return named;
  }

  /** Who lends these, if one and the same does all. */
  static Optional<LentTensors> lenderOf(List<NamedTensor> named) {
    List<@Nullable LentTensors> lenders =
        named.stream()
            .<@Nullable LentTensors>map(
                tensor -> tensor.storage() instanceof Storage lent ? lent.lender() : null)
            .distinct()
            .toList();
    return lenders.size() == 1 ? Optional.ofNullable(lenders.get(0)) : Optional.empty();
  }

  /** Where they are. */
  Device device() {
    return device;
  }

  /**
   * Reads some of them, in this thread.
   *
   * @param named all of them lent here
   * @throws TensorsReleasedException if they are released; {@code reader} is not called then
   */
  <T> T read(List<NamedTensor> named, Function<List<NDArray>, T> reader) {
    lock.readLock().lock();
    try {
      requireLent();
      return reader.apply(
          named.stream().map(tensor -> tensors.get(((Storage) tensor.storage()).place)).toList());
    } finally {
      lock.readLock().unlock();
    }
  }

  private void requireLent() {
    if (released) {
      throw new TensorsReleasedException(what);
    }
  }

  /** Releases them. Harmless if repeated. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      released = true;
      if (owner != null) {
        owner.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private final class Storage implements TensorStorage {

    private final int place;

    Storage(int place) {
      this.place = place;
    }

    LentTensors lender() {
      return LentTensors.this;
    }

    @Override
    public long size() {
      return tensors.get(place).getShape().size() * Float.BYTES;
    }

    @Override
    public byte[] bytes() {
      lock.readLock().lock();
      try {
        requireLent();
        NDArray tensor = tensors.get(place);
        NDArray onHost = tensor.toDevice(Device.cpu(), false);
        try {
          ByteBuffer elements = onHost.toByteBuffer();
          byte[] bytes = new byte[elements.remaining()];
          elements.get(bytes);
          return bytes;
        } finally {
          if (onHost != tensor) {
            onHost.close();
          }
        }
      } finally {
        lock.readLock().unlock();
      }
    }
  }
}
