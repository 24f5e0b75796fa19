package io.gapo.lab.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.lab.training.DemonstrationForm.Sequence;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.torch.TensorList;
import io.gapo.runtime.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One loss has one gradient, however its batch is cut and however much memory there is. */
class BackboneTest {

  private static final long MUCH = 1L << 30;

  @TempDir Path directory = Path.of("set by JUnit");

  /** A batch's loss, and behind it its gradients by all that is trained. */
  private static List<float[]> gradients(
      LlamaConfig config,
      Optional<LoraSettings> lora,
      long graphBytes,
      List<List<Sequence>> parts) {
    try (TorchRuntime runtime = TorchRuntime.start(SmallWorld.TORCH);
        PolicyInTraining model =
            new PolicyInTraining(
                runtime,
                new Backbone(
                    runtime,
                    LlamaWeights.random(runtime, config, OutputLayer.VOCABULARY, 3),
                    lora,
                    4,
                    graphBytes),
                1);
        NDManager manager = runtime.newManager()) {
      List<NDArray> trained = List.copyOf(model.trained().values());
      List<NDArray> sums = new ArrayList<>();
      for (NDArray tensor : trained) {
        tensor.setRequiresGradient(true);
        sums.add(runtime.tensors().zeros(manager, DataType.F32, tensor.getShape().getShape()));
      }
      long weight = parts.stream().flatMap(List::stream).mapToLong(model::weight).sum();
      double loss = 0;
      try (TensorList parameters = new TensorList(trained);
          TensorList into = new TensorList(sums)) {
        for (List<Sequence> part : parts) {
          double share = (double) part.stream().mapToLong(model::weight).sum() / weight;
          loss += model.addGradients(manager, part, share, parameters, into);
        }
      }
      List<float[]> result = new ArrayList<>(List.of(new float[] {(float) loss}));
      sums.forEach(sum -> result.add(sum.toFloatArray()));
      return result;
    }
  }

  private static List<Sequence> batch(LlamaConfig config) {
    SplittableRandom random = new SplittableRandom(7);
    List<Sequence> batch = new ArrayList<>();
    for (int length : new int[] {5, 9, 9, 14, 20}) {
      batch.add(
          new Sequence(
              random.ints(length, 3, config.vocabulary()).toArray(), random.nextInt(1, length)));
    }
    return batch;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void addsTheSameGradientsByPartsAndByLayers(boolean adapter) {
    LlamaConfig config = SmallWorld.prepare(directory);
    Optional<LoraSettings> lora =
        adapter ? Optional.of(new LoraSettings(2, 8, LoraSettings.TARGETS)) : Optional.empty();
    List<Sequence> batch = batch(config);
    List<List<Sequence>> parts =
        List.of(batch.subList(0, 1), batch.subList(1, 3), batch.subList(3, 5));

    List<float[]> whole = gradients(config, lora, MUCH, List.of(batch));

    assertThat(whole.get(0)[0]).isBetween(5f, 7f);
    assertThat(whole.subList(1, whole.size())).anyMatch(BackboneTest::isSomething);
    for (List<float[]> other :
        List.of(
            gradients(config, lora, MUCH, parts),
            gradients(config, lora, 0, List.of(batch)),
            gradients(config, lora, 0, parts))) {
      for (int i = 0; i < whole.size(); i++) {
        assertThat(other.get(i)).containsExactly(whole.get(i), within(1e-5f));
      }
    }
  }

  private static boolean isSomething(float[] gradient) {
    for (float value : gradient) {
      if (Math.abs(value) > 1e-3) {
        return true;
      }
    }
    return false;
  }
}
