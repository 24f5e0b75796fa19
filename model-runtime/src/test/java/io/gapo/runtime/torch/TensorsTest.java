package io.gapo.runtime.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorsTest {

  private static final long[] SHAPE = {7, 5};

  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  @ParameterizedTest
  @EnumSource(DataType.class)
  void loadsATensorOfAFileInPartsAndInWhole(DataType stored, @TempDir Path directory) {
    NamedTensor tensor = TensorValues.convert(random("w"), stored);
    // Two bytes before it: nothing in a file needs to be aligned.
    NamedTensor before =
        TensorValues.convert(TensorValues.tensor("b", new long[] {1}, 1), DataType.F16);
    Path path = directory.resolve("model.safetensors");
    SafetensorsFile.write(path, List.of(before, tensor), Map.of());

    try (SafetensorsFile file = SafetensorsFile.open(path);
        NDManager step = runtime.newManager()) {
      NDArray whole = runtime.tensors().zeros(step, DataType.F32, SHAPE);
      runtime.tensors().load(whole, file, "w");
      NDArray inParts = runtime.tensors().zeros(step, DataType.F32, SHAPE);
      runtime.tensors().load(inParts, file, "w", 12);

      assertThat(whole.toFloatArray()).containsExactly(TensorValues.toFloats(tensor));
      assertThat(inParts.toFloatArray()).containsExactly(TensorValues.toFloats(tensor));
    }
  }

  @Test
  void roundsWhileItLoadsAsConversionOnTheHeapDoes(@TempDir Path directory) {
    NamedTensor tensor = random("w");
    Path path = directory.resolve("model.safetensors");
    SafetensorsFile.write(path, List.of(tensor), Map.of());

    try (SafetensorsFile file = SafetensorsFile.open(path);
        NDManager step = runtime.newManager()) {
      NDArray half = runtime.tensors().zeros(step, DataType.BF16, SHAPE);
      runtime.tensors().load(half, file, "w");

      assertThat(runtime.tensors().toNamedTensor("w", half, DataType.BF16))
          .isEqualTo(TensorValues.convert(tensor, DataType.BF16));
    }
  }

  @ParameterizedTest
  @EnumSource(DataType.class)
  void leavesNothingBesideWhatItMakes(DataType type) {
    try (NDManager step = runtime.newManager()) {
      NDArray zeros = runtime.tensors().zeros(step, type, SHAPE);
      NDArray created = runtime.tensors().create(step, TensorValues.convert(random("w"), type));

      assertThat(zeros.getShape()).isEqualTo(new Shape(SHAPE));
      assertThat(created.getDataType()).isEqualTo(zeros.getDataType());
      assertThat(step.getManagedArrays()).containsExactlyInAnyOrder(zeros, created);
    }
  }

  private static NamedTensor random(String name) {
    SplittableRandom random = new SplittableRandom(3);
    float[] values = new float[35];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return TensorValues.tensor(name, SHAPE, values);
  }
}
