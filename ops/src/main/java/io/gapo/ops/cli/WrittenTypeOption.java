package io.gapo.ops.cli;

import io.gapo.core.policy.NamedTensor.DataType;
import picocli.CommandLine.Option;

/** {@code --dtype}: the element type of the tensors that a command writes. */
public final class WrittenTypeOption {

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "F32",
      description =
          "Element type of the written tensors: ${COMPLETION-CANDIDATES} (default:"
              + " ${DEFAULT-VALUE}).")
  private DataType dataType = DataType.F32;

  public DataType dataType() {
    return dataType;
  }
}
