package io.gapo.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.runtime.learner.AdamWSettings;
import io.gapo.runtime.learner.LearnerSettings;
import io.gapo.runtime.learner.LearningRateSchedule;
import io.gapo.runtime.learner.LearningRates;
import io.gapo.runtime.learner.TorchPolicyLearner;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.lora.PeftAdapter;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.util.DefaultLocale;

/** {@code gapo export} of a run that trained an adapter of the demo's policy. */
class ExportAdapterTest {

  private static final Path POLICY = Path.of("..", "demo", "policy");
  private static final LoraSettings LORA = new LoraSettings(2, 4, List.of("v_proj", "down_proj"));
  private static final String TARGET = "model.layers.1.self_attn.v_proj.weight";

  @TempDir Path directory = Path.of("set by JUnit");

  private final Shell shell = new Shell();

  @BeforeEach
  void trainOneStep() {
    InitialPolicy initial =
        new InitialPolicy(POLICY, Optional.of(new AdapterSource.Fresh(LORA, 7)));
    LearnerSettings settings =
        new LearnerSettings(
            List.of("helpful"),
            new LearningRates(1e-2, 1e-2, LearningRateSchedule.constant()),
            AdamWSettings.DEFAULT,
            1);
    try (TorchPolicyLearner learner =
        TorchPolicyLearner.open(
            initial,
            directory.resolve("checkpoints"),
            settings,
            TorchSettings.cpu(1),
            Optional.empty())) {
      learner.apply(List.of(learner.tensors().stream().map(ExportAdapterTest::ones).toList()));
      learner.save(new CheckpointState(new PolicyVersion(1), 1, Optional.empty(), Map.of()));
    }
  }

  private static NamedTensor ones(NamedTensor like) {
    float[] values = new float[TensorValues.toFloats(like).length];
    Arrays.fill(values, 1);
    return TensorValues.tensor(like.name(), like.shape(), values);
  }

  private void export(String from, String to, String... options) {
    assertThat(exitOfExport(from, to, options)).as(shell.err()).isZero();
  }

  private int exitOfExport(String from, String to, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "export",
                directory.resolve(from).toString(),
                "--origin",
                POLICY.toString(),
                "--out",
                directory.resolve(to).toString()));
    command.addAll(List.of(options));
    return shell.run(command.toArray(String[]::new));
  }

  private Map<String, NamedTensor> model(Path policy) {
    return SafetensorsFile.readAll(policy.resolve("model.safetensors")).stream()
        .collect(Collectors.toMap(NamedTensor::name, Function.identity()));
  }

  private static NamedTensor named(Map<String, NamedTensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  @Test
  void withoutAdapterItMergesInTheTypeAskedFor() {
    export("checkpoints", "merged", "--dtype", "BF16");
    export("checkpoints", "adapter", "--adapter");

    Map<String, NamedTensor> before = model(POLICY);
    Map<String, NamedTensor> merged = model(directory.resolve("merged"));
    PeftAdapter adapter = PeftAdapter.read(directory.resolve("adapter"), LlamaConfig.read(POLICY));

    assertThat(merged.keySet()).isEqualTo(before.keySet());
    assertThat(merged.values()).allMatch(tensor -> tensor.dataType() == DataType.BF16);
    assertThat(named(merged, "model.norm.weight"))
        .isEqualTo(TensorValues.convert(named(before, "model.norm.weight"), DataType.BF16));
    float[] expected = mergedByHand(named(before, TARGET), adapter);
    float[] actual = TensorValues.toFloats(named(merged, TARGET));
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(Math.abs(expected[i]) / 256 + 1e-6f));
    }
    assertThat(actual)
        .isNotEqualTo(
            TensorValues.toFloats(TensorValues.convert(named(before, TARGET), DataType.BF16)));
  }

  /** W + s·B A in double precision. */
  private static float[] mergedByHand(NamedTensor weight, PeftAdapter adapter) {
    Map<String, NamedTensor> factors =
        adapter.tensors().stream()
            .collect(Collectors.toMap(NamedTensor::name, Function.identity()));
    String name = "base_model.model." + TARGET.replace(".weight", "");
    float[] a = TensorValues.toFloats(named(factors, name + ".lora_A.weight"));
    float[] b = TensorValues.toFloats(named(factors, name + ".lora_B.weight"));
    float[] sum = TensorValues.toFloats(weight);
    int rank = adapter.settings().rank();
    int inputs = (int) weight.shape()[1];
    for (int i = 0; i < sum.length; i++) {
      double product = 0;
      for (int r = 0; r < rank; r++) {
        product += (double) b[i / inputs * rank + r] * a[r * inputs + i % inputs];
      }
      sum[i] += (float) (adapter.settings().scale() * product);
    }
    return sum;
  }

  @Test
  void withAdapterItWritesWhatCanBeExportedAgain() {
    export("checkpoints", "adapter", "--adapter");
    export("adapter", "merged-later");
    export("checkpoints", "merged");

    assertThat(PeftAdapter.read(directory.resolve("adapter"), LlamaConfig.read(POLICY)).settings())
        .isEqualTo(LORA);
    assertThat(directory.resolve("adapter/model.safetensors")).doesNotExist();
    assertThat(model(directory.resolve("merged-later")))
        .isEqualTo(model(directory.resolve("merged")));
  }

  @Test
  @DefaultLocale("ar-EG")
  void exportsTheNewestCheckpointUnderALocaleWithDigitsOfItsOwn() {
    export("checkpoints", "adapter", "--adapter");

    assertThat(PeftAdapter.read(directory.resolve("adapter"), LlamaConfig.read(POLICY)).settings())
        .isEqualTo(LORA);
    assertThat(shell.out()).contains("version 1");
  }

  @Test
  void namesBothDirectoriesWhereTheOriginIsAnotherModel() {
    Path other = Path.of("..", "model-runtime/src/test/resources/parity/llama2");
    Path checkpoints = directory.resolve("checkpoints");

    for (String form : List.of("--adapter", "--dtype=F32")) {
      assertThat(
              shell.run(
                  "export",
                  checkpoints.toString(),
                  "--origin",
                  other.toString(),
                  "--out",
                  directory.resolve("x").toString(),
                  form))
          .isEqualTo(1);
      assertThat(shell.err())
          .contains("version 1 of " + checkpoints + " was not trained from " + other)
          .contains("tensor 'base_model.model.model.layers.0.")
          .doesNotContain("may be a fault");
    }
    assertThat(directory.resolve("x")).doesNotExist();
  }

  @Test
  void refusesAnAdapterThatIsNotFinite() {
    export("checkpoints", "adapter", "--adapter");
    Path file = directory.resolve("adapter/adapter_model.safetensors");
    List<NamedTensor> broken =
        SafetensorsFile.readAll(file).stream().map(ExportAdapterTest::notNumbers).toList();
    SafetensorsFile.write(file, broken, Map.of());

    for (String form : List.of("--adapter", "--dtype=F32")) {
      assertThat(exitOfExport("adapter", "x", form)).isEqualTo(1);
      assertThat(shell.err())
          .contains("tensor 'base_model.model.model.layers.0.", "holds NaN or infinity");
    }
    assertThat(directory.resolve("x")).doesNotExist();
  }

  @Test
  void refusesToWriteAmongCheckpointsOrOverTheAdapterItself() {
    export("checkpoints", "adapter", "--adapter");

    for (String taken : List.of("checkpoints", "adapter")) {
      assertThat(exitOfExport("adapter", taken)).isEqualTo(1);
      assertThat(shell.err()).contains(directory.resolve(taken) + " holds an ");
      assertThat(directory.resolve(taken).resolve("config.json")).doesNotExist();
    }
  }

  private static NamedTensor notNumbers(NamedTensor like) {
    float[] values = new float[TensorValues.toFloats(like).length];
    Arrays.fill(values, Float.NaN);
    return TensorValues.tensor(like.name(), like.shape(), values);
  }

  @Test
  void saysThatAPolicyTrainedAsAWholeHasNoAdapter() {
    int exit =
        shell.run(
            "export", POLICY.toString(), "--adapter", "--out", directory.resolve("x").toString());

    assertThat(exit).isEqualTo(1);
    assertThat(shell.err()).contains("has no adapter", "leave --adapter out");
  }
}
