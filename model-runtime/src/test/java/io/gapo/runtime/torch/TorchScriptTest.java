package io.gapo.runtime.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.safetensors.TensorValues;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TorchScriptTest {

  private static final String METHODS =
      """
      # A comment, and sugar.
      def affine(self, x: Tensor, scale: float, shift: int, negate: bool) -> Tensor:
          y = x * scale + shift
          if negate:
              y = -y
          return y

      def both(self, xs: List[Tensor]) -> Tuple[Tensor, Tensor]:
          total = xs[0]
          for i in range(1, len(xs)):
              total = total + xs[i]
          return total, total[:, 1:].transpose(0, 1)

      def halves(self, x: Tensor) -> List[Tensor]:
          a, b = torch.chunk(x, 2, -1)
          return [a, b]
      """;

  private static TorchRuntime runtime;
  private static TorchScript script;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
    script = TorchScript.compile(runtime.newManager(), METHODS);
  }

  @AfterAll
  static void stop() {
    script.close();
    runtime.close();
  }

  @Test
  void passesNumbersFlagsAndTensors() {
    try (NDManager step = runtime.newManager()) {
      NDArray x = step.create(new float[] {1, 2});

      NDArray y =
          script
              .infer(
                  step,
                  "affine",
                  ScriptValue.of(x),
                  ScriptValue.of(0.5),
                  ScriptValue.of(3),
                  ScriptValue.of(true))
              .get(0);

      assertThat(y.toFloatArray()).containsExactly(-3.5f, -4f);
    }
  }

  @Test
  void returnsTuplesAndLists() {
    try (NDManager step = runtime.newManager();
        TensorList both = new TensorList(List.of(step.ones(new Shape(2, 2)), step.eye(2)))) {
      NDList sums = script.infer(step, "both", both);
      NDList halves = script.infer(step, "halves", ScriptValue.of(sums.get(0)));

      assertThat(sums.get(0).toFloatArray()).containsExactly(2, 1, 1, 2);
      assertThat(sums.get(1).getShape()).isEqualTo(new Shape(1, 2));
      assertThat(halves.get(1).toFloatArray()).containsExactly(1, 2);
    }
  }

  @Test
  void differentiatesThroughAScriptedMethod() {
    try (NDManager step = runtime.newManager()) {
      NDArray x = step.create(new float[] {1, 2});
      x.setRequiresGradient(true);
      NDArray unused = step.create(new float[] {7});
      unused.setRequiresGradient(true);
      NDArray loss = GradMode.recording(() -> sumOfSquares(step, x));

      try (TensorList parameters = new TensorList(List.of(x, unused))) {
        NDList first = runtime.autograd().gradients(step, loss, parameters, true);
        NDList second = runtime.autograd().gradients(step, loss, parameters, false);

        assertThat(first.get(0).toFloatArray()).containsExactly(8, 16);
        assertThat(first.get(1).toFloatArray()).containsExactly(0);
        assertThat(second.get(0).toFloatArray()).containsExactly(8, 16);
      }
    }
  }

  private static NDArray sumOfSquares(NDManager step, NDArray x) {
    NDArray doubled =
        script
            .run(
                step,
                "affine",
                ScriptValue.of(x),
                ScriptValue.of(2.0),
                ScriptValue.of(0),
                ScriptValue.of(false))
            .get(0);
    return doubled.mul(doubled).sum();
  }

  @Test
  void restoresTheGradModeItFound() {
    boolean inner =
        GradMode.notRecording(
            () -> {
              boolean recording = GradMode.recording(JniUtils::isGradMode);
              assertThat(JniUtils.isGradMode()).isFalse();
              return recording;
            });

    assertThat(inner).isTrue();
  }

  @Test
  void leavesNothingBehindWhenTheStepCloses() {
    try (NDManager model = runtime.newManager()) {
      NDArray weight = model.create(new float[] {1, 2});
      int before = model.getManagedArrays().size();

      for (int i = 0; i < 50; i++) {
        try (NDManager step = model.newSubManager()) {
          script.infer(
              step,
              "affine",
              ScriptValue.of(weight),
              ScriptValue.of(1.0),
              ScriptValue.of(1),
              ScriptValue.of(false));
        }
      }

      assertThat(model.getManagedArrays()).hasSize(before);
    }
  }

  @Test
  void saysWhichArgumentIsWrong() {
    try (NDManager step = runtime.newManager()) {
      assertThatThrownBy(() -> script.infer(step, "halves", ScriptValue.of(1)))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("'x'");
    }
  }

  @Test
  void namesTheScriptThatIsMissing() {
    assertThatThrownBy(
            () -> TorchScript.load(runtime.newManager(), TorchScriptTest.class, "absent.py"))
        .hasMessageContaining("absent.py");
  }

  @Test
  void carriesTensorsOfEveryElementTypeInAndOut() {
    for (DataType type : DataType.values()) {
      try (NDManager step = runtime.newManager()) {
        NamedTensor tensor =
            TensorValues.convert(
                TensorValues.tensor("w", new long[] {2, 2}, 1, -0.5f, 3.25f, 0), type);

        NDArray created = runtime.tensors().create(step, tensor);
        NDArray wide = runtime.tensors().convert(step, created, DataType.F32);

        assertThat(wide.toFloatArray()).containsExactly(1, -0.5f, 3.25f, 0);
        assertThat(runtime.tensors().toNamedTensor("w", created, type)).isEqualTo(tensor);
      }
    }
  }

  @Test
  void overwritesTensorsInPlaceConvertingTheirType() {
    try (NDManager step = runtime.newManager()) {
      NDArray target = runtime.tensors().zeros(step, DataType.BF16, 2);
      target.setRequiresGradient(true);

      runtime
          .tensors()
          .load(List.of(target), List.of(TensorValues.tensor("w", new long[] {2}, 1, 1.001f)));

      float[] values =
          TensorValues.toFloats(runtime.tensors().toNamedTensor("w", target, DataType.F32));
      assertThat(values[0]).isEqualTo(1);
      assertThat(values[1]).isCloseTo(1.001f, within(0.005f));
    }
  }

  @Test
  void refusesADeviceThatIsNotThere() {
    boolean seesGpus = Engine.getEngine("PyTorch").hasCapability(StandardCapabilities.CUDA);

    assertThatThrownBy(() -> TorchRuntime.start(new TorchSettings("cuda:999", DataType.F32, 1)))
        .isInstanceOf(DeviceUnavailableException.class)
        .hasMessageStartingWith("device 'cuda:999' cannot be used: ")
        .hasMessageContaining(seesGpus ? "nvidia-smi" : "PYTORCH_LIBRARY_PATH");
  }

  @Test
  void refusesSettingsThatCannotWork() {
    assertThatThrownBy(() -> new TorchSettings("gpu0", DataType.F32, 1))
        .hasMessageContaining("gpu0");
    assertThatThrownBy(() -> new TorchSettings("cpu", DataType.F32, -1))
        .hasMessageContaining("threads");
  }
}
