package io.gapo.runtime.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.runtime.torch.Tensors;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.FloatBuffer;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StepNumbersTest {

  private static final Optional<FloatBuffer> NOTHING_SHARED = Optional.empty();
  private static final float[] INPUTS = {7, 8, 0, 1, 0.25f, 0.5f};

  private static TorchRuntime runtime;
  private static NDManager manager;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
    manager = runtime.newManager();
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  @Test
  void standInMemoryThatJavaAndTheScriptShare() {
    StepNumbers numbers = new StepNumbers(manager, 3);
    try (NDManager step = manager.newSubManager()) {
      NDArray tensor = numbers.holding(step, INPUTS);

      assertThat(tensor.toFloatArray()).startsWith(INPUTS).hasSize(15);
      write(tensor, 9, -1, 10, -2);
      assertThat(numbers.results(tensor, 2)).containsExactly(9, -1, 10, -2);
      assertThat(step.getManagedArrays()).isEmpty();
    }
  }

  @Test
  void areATensorOfTheStepWhereMemoryCannotBeShared() {
    StepNumbers numbers = new StepNumbers(manager.zeros(new Shape(15)), NOTHING_SHARED);
    try (NDManager step = manager.newSubManager()) {
      NDArray tensor = numbers.holding(step, INPUTS);

      assertThat(tensor.toFloatArray()).startsWith(INPUTS).hasSize(10);
      write(tensor, 9, -1, 10, -2);
      assertThat(numbers.results(tensor, 2)).containsExactly(9, -1, 10, -2);
      assertThat(step.getManagedArrays()).hasSize(1);
    }
  }

  /** Writes results as the script does, behind the three inputs of two rows. */
  private static void write(NDArray tensor, float... results) {
    Tensors.sharedMemory(tensor).orElseThrow().put(INPUTS.length, results);
  }
}
