package io.gapo.runtime.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.gapo.core.policy.NamedTensor.DataType;
import java.util.Optional;

/** PyTorch, started: gives out native memory on the device of its settings, and takes it back. */
public final class TorchRuntime implements AutoCloseable {

  static final String ENGINE = "PyTorch";
  private static final String OFFLINE = "ai.djl.offline";

  private final NDManager root;
  private final DataType dataType;
  private final Tensors tensors;
  private final Autograd autograd;
  private final Optional<ThreadStream> stream;

  private TorchRuntime(NDManager root, DataType dataType) {
    this.root = root;
    this.dataType = dataType;
    this.stream = root.getDevice().isGpu() ? Optional.of(ThreadStream.of(root)) : Optional.empty();
    this.tensors = new Tensors(root, stream);
    this.autograd = new Autograd(root);
  }

  /**
   * Starts the engine if it is not running yet, without ever looking for natives on the network. On
   * a GPU, what the calling thread does from now on is queued apart from what others do: a runtime
   * is to be used by the thread that started it.
   *
   * @throws DeviceUnavailableException if the device is not there, or cannot be used now
   * @throws EngineException if the natives cannot be loaded
   */
  public static TorchRuntime start(TorchSettings settings) {
    if (System.getProperty(OFFLINE) == null) {
      System.setProperty(OFFLINE, "true");
    }
    // Must come before the first use of JniUtils, which expects the native library to be loaded.
    Engine engine = Engine.getEngine(ENGINE);
    if (settings.threads() > 0) {
      JniUtils.setNumThreads(settings.threads());
    }
    Device device = device(settings.device());
    if (device.isGpu()) {
      requireUsable(engine, device, settings.device());
    }
    return new TorchRuntime(NDManager.newBaseManager(device, ENGINE), settings.dataType());
  }

  /** Asks PyTorch itself: DJL's own count needs CUDA's libraries on the system's path. */
  private static void requireUsable(Engine engine, Device device, String name) {
    if (!engine.hasCapability(StandardCapabilities.CUDA)) {
      throw new DeviceUnavailableException(
          name,
          "this PyTorch sees no GPU. Does nvidia-smi list one, and does PYTORCH_LIBRARY_PATH name a"
              + " PyTorch built for CUDA (docs/gpu.md)?",
          null);
    }
    try (NDManager probe = NDManager.newBaseManager(device, ENGINE)) {
      probe.zeros(new Shape(1));
    } catch (EngineException e) {
      throw new DeviceUnavailableException(
          name,
          "%s; name one that nvidia-smi lists, or free its memory".formatted(firstLine(e)),
          e);
    }
  }

  /** The next ones say how to debug PyTorch. */
  private static String firstLine(EngineException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  private static Device device(String name) {
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    int colon = name.indexOf(':');
    return Device.gpu(colon < 0 ? 0 : Integer.parseInt(name.substring(colon + 1)));
  }

  /** A part of this runtime's native memory that can be freed alone. */
  public NDManager newManager() {
    return root.newSubManager();
  }

  /** The element type of weights. */
  public DataType dataType() {
    return dataType;
  }

  /** The way of tensors in and out. */
  public Tensors tensors() {
    return tensors;
  }

  /** Differentiation. */
  public Autograd autograd() {
    return autograd;
  }

  /**
   * Waits until all that this thread asked of the device is done, so that other threads may read
   * it; a CPU is done already.
   */
  public void synchronize() {
    stream.ifPresent(ThreadStream::synchronize);
  }

  /** Frees all native memory given out. */
  @Override
  public void close() {
    root.close();
  }
}
