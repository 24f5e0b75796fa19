package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.port.Stage;
import io.gapo.runtime.torch.DeviceUnavailableException;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.util.Set;

/** Settings under {@code gapo.runtime}; units and defaults are in reference.conf. */
public record RuntimeConfig(TorchSettings torch, Lending lending) {

  /** Whether gradients and weights stay in the process's memory instead of going through Kafka. */
  public enum Lending {
    /** Where one process has all roles and is the only collector. */
    AUTO,
    TRUE,
    FALSE
  }

  /** Whether a process with these roles lends its tensors. */
  public boolean lendsTensors(Set<Stage> roles, int collectors) {
    return switch (lending) {
      case AUTO -> roles.size() == Stage.values().length && collectors == 1;
      case TRUE -> true;
      case FALSE -> false;
    };
  }

  static RuntimeConfig from(Config root) {
    Block runtime = Block.of(root, "gapo.runtime");
    return runtime.make(
        () ->
            new RuntimeConfig(
                new TorchSettings(
                    runtime.text("device"),
                    runtime.oneOf("dtype", DataType.class),
                    runtime.wholeNumber("threads")),
                runtime.oneOf("lend-tensors", Lending.class)));
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
