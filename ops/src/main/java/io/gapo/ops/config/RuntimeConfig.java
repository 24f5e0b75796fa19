package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.torch.DeviceUnavailableException;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.util.regex.Pattern;

/** Settings under {@code gapo.runtime}; units and defaults are in reference.conf. */
public record RuntimeConfig(String device, DataType dataType, int threads, boolean lendTensors) {

  private static final Pattern DEVICE = Pattern.compile("cpu|cuda(:\\d{1,3})?");

  public RuntimeConfig {
    if (!DEVICE.matcher(device).matches()) {
      throw new ConfigurationException(
          "gapo.runtime.device must be cpu, cuda or cuda:N, was '%s'".formatted(device));
    }
    Check.atLeast("gapo.runtime.threads", threads, 0);
  }

  static RuntimeConfig from(Config root) {
    return new RuntimeConfig(
        root.getString("gapo.runtime.device"),
        Check.oneOf("gapo.runtime.dtype", root.getString("gapo.runtime.dtype"), DataType.class),
        WholeNumber.intAt(root, "gapo.runtime.threads"),
        root.getBoolean("gapo.runtime.lend-tensors"));
  }

  /** The same, as models take it. */
  public TorchSettings torch() {
    return new TorchSettings(device, dataType, threads);
  }

  /**
   * Starts PyTorch and tries the device: stages would try again and again.
   *
   * @throws ConfigurationException if the device cannot be used
   */
  public void requireDevice() {
    try {
      TorchRuntime.start(torch()).close();
    } catch (DeviceUnavailableException e) {
      throw new ConfigurationException("gapo.runtime.device: " + e.getMessage(), e);
    }
  }
}
