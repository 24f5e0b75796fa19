package io.gapo.runtime.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Values that go to a GPU and come back, in more than one part. */
@Tag("gpu")
class TensorsOnGpuTest {

  /** 20 MB in single precision, of which 16 MiB travel at a time. */
  private static final long[] SHAPE = {5, 1_000_000};

  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.start(new TorchSettings("cuda", DataType.F32, 1));
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"F32", "BF16"})
  void bringsBackWhatItCreates(DataType type) {
    NamedTensor tensor = TensorValues.convert(random(1), type);

    try (NDManager step = runtime.newManager()) {
      NDArray created = runtime.tensors().create(step, tensor);

      assertThat(created.getDevice().isGpu()).isTrue();
      assertSame(runtime.tensors().toNamedTensor("w", created, type), tensor);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"F32", "BF16"})
  void bringsBackWhatItLoads(DataType type) {
    NamedTensor tensor = random(2);

    try (NDManager step = runtime.newManager()) {
      NDArray target = runtime.tensors().zeros(step, type, SHAPE);
      runtime.tensors().load(List.of(target), List.of(tensor));

      assertSame(
          runtime.tensors().toNamedTensor("w", target, type), TensorValues.convert(tensor, type));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"F32", "BF16"})
  void bringsBackWhatItLoadsFromAFile(DataType type, @TempDir Path directory) {
    NamedTensor tensor = TensorValues.convert(random(3), type);
    Path path = directory.resolve("model.safetensors");
    SafetensorsFile.write(path, List.of(tensor), Map.of());

    try (SafetensorsFile file = SafetensorsFile.open(path);
        NDManager step = runtime.newManager()) {
      NDArray target = runtime.tensors().zeros(step, type, SHAPE);
      runtime.tensors().load(target, file, "w");

      assertSame(runtime.tensors().toNamedTensor("w", target, type), tensor);
    }
  }

  /** Shows no megabytes where it fails. */
  private static void assertSame(NamedTensor actual, NamedTensor expected) {
    assertThat(actual.equals(expected)).isTrue();
  }

  private static NamedTensor random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[Math.toIntExact(SHAPE[0] * SHAPE[1])];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return TensorValues.tensor("w", SHAPE, values);
  }
}
