package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.torch.DeviceUnavailableException;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;

/** Settings under {@code gapo.runtime}; units and defaults are in reference.conf. */
public record RuntimeConfig(TorchSettings torch, boolean lendTensors) {

  static RuntimeConfig from(Config root) {
    Block runtime = Block.of(root, "gapo.runtime");
    return runtime.make(
        () ->
            new RuntimeConfig(
                new TorchSettings(
                    runtime.text("device"),
                    runtime.oneOf("dtype", DataType.class),
                    runtime.wholeNumber("threads")),
                runtime.flag("lend-tensors")));
  }

  /**
   * Starts PyTorch and tries the device: stages would try again and again.
   *
   * @throws ConfigurationException if the device cannot be used
   */
  public void requireDevice() {
    try {
      TorchRuntime.start(torch).close();
    } catch (DeviceUnavailableException e) {
      throw new ConfigurationException("gapo.runtime.device", e);
    }
  }
}
