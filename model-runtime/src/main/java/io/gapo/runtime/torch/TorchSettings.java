package io.gapo.runtime.torch;

import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.settings.Bounds;
import java.util.regex.Pattern;

/**
 * Where and how a model computes.
 *
 * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param dataType of weights and activations
 * @param threads that one tensor operation may use on the CPU; 0 leaves it to PyTorch. One setting
 *     holds for the whole process: the last one started wins
 */
public record TorchSettings(String device, DataType dataType, int threads) {

  private static final Pattern DEVICE = Pattern.compile("cpu|cuda(:\\d{1,3})?");

  public TorchSettings {
    Bounds.require(
        DEVICE.matcher(device).matches(), "device", "cpu, cuda or cuda:N", "'" + device + "'");
    Bounds.atLeast("threads", threads, 0);
  }

  /** Single precision on the CPU. */
  public static TorchSettings cpu(int threads) {
    return new TorchSettings("cpu", DataType.F32, threads);
  }
}
