package io.gapo.runtime.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.port.NonFiniteGradientException;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A GPU has other kernels for norms. */
@Tag("gpu")
class AdamWOnGpuTest {

  private TorchRuntime runtime;
  private NDManager manager;

  @BeforeEach
  void start() {
    runtime = TorchRuntime.start(new TorchSettings("cuda", DataType.F32, 1));
    manager = runtime.newManager();
  }

  @AfterEach
  void stop() {
    runtime.close();
  }

  @Test
  void measuresLargeGradientsInDoublePrecision() {
    Shape large = new Shape(1 << 26);
    NDArray gradient = manager.full(large, 1e-3f);

    assertThat(norm(gradient)).isCloseTo(1e-3f * (double) (1 << 13), within(1e-8));
  }

  @Test
  void measuresGradientsWhoseSquaresOverflowSinglePrecision() {
    assertThat(norm(manager.create(new float[] {3e30f, 4e30f}))).isCloseTo(5e30, within(1e24));
  }

  @Test
  void namesTheGradientThatIsNotFinite() {
    NDArray good = manager.create(new float[] {1, 2});
    NDArray bad = manager.create(new float[] {1, Float.NaN});

    try (AdamW adamW = adamW("good", "bad")) {
      assertThatThrownBy(() -> adamW.gradientNorm(List.of(good, bad)))
          .isInstanceOf(NonFiniteGradientException.class)
          .hasMessageContaining("bad");
    }
  }

  private double norm(NDArray gradient) {
    try (AdamW adamW = adamW("w")) {
      return adamW.gradientNorm(List.of(gradient));
    }
  }

  private AdamW adamW(String... names) {
    List<NDArray> weights =
        List.of(names).stream().<NDArray>map(name -> manager.zeros(new Shape(2))).toList();
    return new AdamW(runtime, List.of(names), weights, AdamWSettings.DEFAULT);
  }
}
