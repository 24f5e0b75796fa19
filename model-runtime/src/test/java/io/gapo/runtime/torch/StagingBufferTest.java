package io.gapo.runtime.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.safetensors.TensorValues;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On the CPU, where nothing needs the buffer and its memory is not page-locked. */
class StagingBufferTest {

  private static final long[] SHAPE = {7, 5};
  private static final int ELEMENTS = 35;

  private TorchRuntime runtime;
  private NDManager manager;
  private TorchScript script;

  @BeforeEach
  void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
    manager = runtime.newManager();
    script = TorchScript.load(manager, Tensors.class, "tensors.py");
  }

  @AfterEach
  void stop() {
    script.close();
    manager.close();
    runtime.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, ELEMENTS - 1, ELEMENTS, ELEMENTS + 1})
  void carriesBothWaysHoweverManyFloatsItHolds(int floats) {
    StagingBuffer buffer = StagingBuffer.allocate(script, manager, floats);
    NDArray tensor = runtime.tensors().zeros(manager, DataType.F32, SHAPE);
    byte[] back = new byte[ELEMENTS * Float.BYTES];

    buffer.write(counting().data(), tensor);
    buffer.read(tensor, back);

    assertThat(tensor.toFloatArray()).containsExactly(TensorValues.toFloats(counting()));
    assertThat(back).isEqualTo(counting().data());
  }

  @ParameterizedTest
  @EnumSource(DataType.class)
  void convertsToTheTargetsType(DataType type) {
    StagingBuffer buffer = StagingBuffer.allocate(script, manager, 8);
    NDArray tensor = runtime.tensors().zeros(manager, type, SHAPE);

    buffer.write(counting().data(), tensor);

    assertThat(runtime.tensors().toNamedTensor("w", tensor, type))
        .isEqualTo(TensorValues.convert(counting(), type));
  }

  @Test
  void readsInTheOrderOfTheShapeWhateverTheOrderInMemory() {
    StagingBuffer buffer = StagingBuffer.allocate(script, manager, 8);
    NDArray turned = runtime.tensors().create(manager, counting()).transpose();
    byte[] back = new byte[ELEMENTS * Float.BYTES];

    buffer.read(turned, back);

    assertThat(TensorValues.toFloats(new NamedTensor("w", DataType.F32, new long[] {5, 7}, back)))
        .startsWith(0, 5, 10, 15, 20, 25, 30, 1);
  }

  @Test
  void leavesNoTensorsBehind() {
    StagingBuffer buffer = StagingBuffer.allocate(script, manager, 8);
    NDArray tensor = manager.zeros(new Shape(SHAPE));
    int before = manager.getManagedArrays().size();

    buffer.write(counting().data(), tensor);
    buffer.read(tensor, new byte[ELEMENTS * Float.BYTES]);

    assertThat(manager.getManagedArrays()).hasSize(before);
  }

  private static NamedTensor counting() {
    float[] values = new float[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      values[i] = i;
    }
    return TensorValues.tensor("w", SHAPE, values);
  }
}
