package io.gapo.benchmarks.decoding;

import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.torch.TorchSettings;
import picocli.CommandLine.Option;

/** Where both sides of a benchmark compute, and in which element type. */
final class ComputeOptions {

  @Option(names = "--device", description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE})")
  private String device = "cpu";

  @Option(names = "--dtype", description = "F32, BF16 or F16 (default: ${DEFAULT-VALUE})")
  private DataType dataType = DataType.F32;

  @Option(names = "--threads", description = "on the CPU (default: ${DEFAULT-VALUE})")
  private int threads = 2;

  ComputeOptions() {}

  TorchSettings torch() {
    return new TorchSettings(device, dataType, threads);
  }
}
