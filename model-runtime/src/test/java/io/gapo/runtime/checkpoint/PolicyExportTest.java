package io.gapo.runtime.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.ParityFixture;
import io.gapo.runtime.llama.UnsupportedModelException;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyExportTest {

  private static final Path MODEL = ParityFixture.named("llama2").directory();
  private static final List<NamedTensor> TENSORS =
      SafetensorsFile.readAll(MODEL.resolve("model.safetensors")).stream()
          .map(TensorValues::widen)
          .toList();
  private static final String NORM = "model.norm.weight";

  @Test
  void copiesWhatBelongsToAPolicyAndWritesItsTensors(@TempDir Path temporary) throws IOException {
    Path origin =
        origin(temporary.resolve("origin"), config -> config.put("torch_dtype", "bfloat16"));
    Files.writeString(origin.resolve("generation_config.json"), "{}");
    Path target = temporary.resolve("out/policy");

    PolicyExport.write(target, origin, TENSORS, DataType.BF16);

    assertThat(target.resolve("config.json"))
        .hasContent(Files.readString(origin.resolve("config.json")));
    assertThat(target.resolve("tokenizer.json")).hasContent("{ }");
    assertThat(target.resolve("generation_config.json")).hasContent("{}");
    assertThat(SafetensorsFile.readAll(target.resolve("model.safetensors")))
        .isEqualTo(
            TENSORS.stream().map(each -> TensorValues.convert(each, DataType.BF16)).toList());
    assertThat(names(target))
        .containsExactlyInAnyOrder(
            "config.json", "tokenizer.json", "generation_config.json", "model.safetensors");
  }

  @Test
  void writesFilesThatWhoeverMayReadNewFilesMayRead(@TempDir Path temporary) throws IOException {
    Path origin = origin(temporary.resolve("origin"), config -> {});
    Path plain = Files.writeString(temporary.resolve("plain"), "");
    Path target = temporary.resolve("policy");

    PolicyExport.write(target, origin, TENSORS, DataType.BF16);

    for (String name : names(target)) {
      assertThat(Files.getPosixFilePermissions(target.resolve(name)))
          .as(name)
          .isEqualTo(Files.getPosixFilePermissions(plain));
    }
  }

  @Test
  void canReplaceThePolicyItBeganWith(@TempDir Path temporary) throws IOException {
    Path origin = origin(temporary.resolve("origin"), config -> {});
    String config = Files.readString(origin.resolve("config.json"));

    PolicyExport.write(origin, origin, TENSORS, DataType.F32);

    assertThat(origin.resolve("config.json")).hasContent(config);
    assertThat(SafetensorsFile.readAll(origin.resolve("model.safetensors"))).isEqualTo(TENSORS);
  }

  @Test
  void namesTheElementTypeThatItWrote(@TempDir Path temporary) throws IOException {
    Path newer = origin(temporary.resolve("newer"), config -> config.put("dtype", "bfloat16"));
    Path older = origin(temporary.resolve("older"), config -> config.put("torch_dtype", "float32"));
    Path target = temporary.resolve("policy");

    PolicyExport.write(target, newer, TENSORS, DataType.F32);
    assertThat(config(target)).isEqualTo(config(newer).put("dtype", "float32"));

    PolicyExport.write(target, older, TENSORS, DataType.F16);
    assertThat(config(target)).isEqualTo(config(older).put("torch_dtype", "float16"));
  }

  @Test
  void refusesTensorsThatAreNotOfTheModelBeforeItWritesAnything(@TempDir Path temporary)
      throws IOException {
    Path origin = origin(temporary.resolve("origin"), config -> {});
    Path target = temporary.resolve("out/policy");
    List<NamedTensor> incomplete =
        TENSORS.stream().filter(each -> !each.name().equals(NORM)).toList();
    NamedTensor longer = TensorValues.tensor(NORM, new long[] {1}, 1);
    NamedTensor stranger = TensorValues.tensor("stranger", new long[] {1}, 1);

    assertThatThrownBy(() -> PolicyExport.write(target, origin, incomplete, DataType.F32))
        .isInstanceOf(UnusablePolicyException.class)
        .hasMessageStartingWith("tensor 'model.norm.weight' is missing, " + origin)
        .hasMessageContaining("config.json says [");
    assertThatThrownBy(
            () -> PolicyExport.write(target, origin, with(incomplete, longer), DataType.F32))
        .hasMessageContaining("tensor 'model.norm.weight' is [1], ");
    assertThatThrownBy(
            () -> PolicyExport.write(target, origin, with(TENSORS, stranger), DataType.F32))
        .hasMessageContaining("tensor 'stranger' is none of the model that " + origin);
    assertThat(temporary.resolve("out")).doesNotExist();
  }

  @Test
  void keepsATensorThatTheModelDoesNotReadIfItWasThereBefore(@TempDir Path temporary)
      throws IOException {
    Path origin = origin(temporary.resolve("origin"), config -> {});
    List<NamedTensor> more = with(TENSORS, TensorValues.tensor("score.weight", new long[] {1}, 1));
    SafetensorsFile.write(origin.resolve("model.safetensors"), more, Map.of());
    Path target = temporary.resolve("policy");

    PolicyExport.write(target, origin, more, DataType.F32);

    assertThat(SafetensorsFile.readAll(target.resolve("model.safetensors"))).isEqualTo(more);
  }

  @Test
  void refusesAModelThatNothingHereCouldOpen(@TempDir Path temporary) throws IOException {
    Path mixtral = origin(temporary.resolve("a"), config -> config.put("model_type", "mixtral"));
    Path quantized =
        origin(temporary.resolve("b"), config -> config.putObject("quantization_config"));
    Path target = temporary.resolve("policy");

    assertThatThrownBy(() -> PolicyExport.write(target, mixtral, TENSORS, DataType.F32))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("model_type is mixtral");
    assertThatThrownBy(() -> PolicyExport.write(target, quantized, TENSORS, DataType.F32))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("quantization_config");
    assertThat(target).doesNotExist();
  }

  @Test
  void refusesWhatIsNotFiniteAndLeavesWhatWasThere(@TempDir Path temporary) throws IOException {
    Path origin = origin(temporary.resolve("origin"), config -> {});
    Path target = Files.createDirectory(temporary.resolve("policy"));
    Files.writeString(target.resolve("config.json"), "old");

    assertThatThrownBy(() -> PolicyExport.write(target, origin, withNorm(Float.NaN), DataType.F32))
        .isInstanceOf(UnusablePolicyException.class)
        .hasMessageContaining("tensor 'model.norm.weight' holds NaN or infinity in F32");
    assertThatThrownBy(() -> PolicyExport.write(target, origin, withNorm(1e6f), DataType.F16))
        .hasMessageContaining("tensor 'model.norm.weight' holds NaN or infinity in F16");

    assertThat(target.resolve("config.json")).hasContent("old");
    assertThat(names(target)).containsExactly("config.json");
  }

  @Test
  void refusesADirectoryOfCheckpointsOrOfAnAdapter(@TempDir Path temporary) throws IOException {
    Path origin = origin(temporary.resolve("origin"), config -> {});
    Path checkpoints = temporary.resolve("checkpoints");
    Path checkpoint = Files.createDirectories(checkpoints.resolve("version-00000001"));
    Files.writeString(checkpoint.resolve("state.json"), "{}");
    Path adapter = Files.createDirectory(temporary.resolve("adapter"));
    Files.writeString(adapter.resolve("adapter_config.json"), "{}");

    for (Path taken : List.of(checkpoints, checkpoint)) {
      assertThatThrownBy(() -> PolicyExport.write(taken, origin, TENSORS, DataType.F32))
          .isInstanceOf(UnusablePolicyException.class)
          .hasMessage(taken + " holds an optimizer's checkpoints: write to another directory");
      assertThatThrownBy(() -> ExportTarget.requireForAdapter(taken)).hasMessageContaining("holds");
    }
    assertThatThrownBy(() -> PolicyExport.write(adapter, origin, TENSORS, DataType.F32))
        .hasMessage(adapter + " holds an adapter: write the policy to another directory");
    assertThatThrownBy(() -> ExportTarget.requireForAdapter(origin))
        .hasMessage(origin + " holds a policy: write the adapter to another directory");
    ExportTarget.requireForAdapter(adapter);
  }

  @ParameterizedTest
  @MethodSource("io.gapo.runtime.llama.ParityFixture#policies")
  void writesEveryFamilySoThatItLoadsTheSame(ParityFixture fixture, @TempDir Path temporary)
      throws IOException {
    Path origin = Files.createDirectory(temporary.resolve("origin"));
    try (Stream<Path> files = Files.list(fixture.directory())) {
      for (Path file : files.toList()) {
        Files.copy(file, origin.resolve(file.getFileName()));
      }
    }
    Files.writeString(origin.resolve("tokenizer.json"), "{ }");
    Path target = temporary.resolve("policy");
    try (TorchRuntime runtime = TorchRuntime.start(TorchSettings.cpu(1));
        LlamaWeights trained = LlamaWeights.load(runtime, origin)) {
      PolicyExport.write(target, origin, trained.toNamedTensors(), DataType.F32);

      try (LlamaWeights again = LlamaWeights.load(runtime, target)) {
        assertThat(again.config()).isEqualTo(trained.config());
        assertThat(again.toNamedTensors()).isEqualTo(trained.toNamedTensors());
      }
    }
  }

  @Test
  void saysWhichFileIsMissing(@TempDir Path origin) {
    assertThatThrownBy(
            () -> PolicyExport.write(origin.resolve("out"), origin, TENSORS, DataType.F32))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("config.json");
  }

  private static Path origin(Path directory, Consumer<ObjectNode> change) throws IOException {
    Files.createDirectory(directory);
    ObjectNode config = config(MODEL);
    config.remove(List.of("dtype", "torch_dtype"));
    change.accept(config);
    Files.writeString(directory.resolve("config.json"), config.toPrettyString());
    Files.writeString(directory.resolve("tokenizer.json"), "{ }");
    return directory;
  }

  private static ObjectNode config(Path directory) throws IOException {
    return (ObjectNode) new ObjectMapper().readTree(directory.resolve("config.json").toFile());
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static List<NamedTensor> with(List<NamedTensor> tensors, NamedTensor further) {
    return Stream.concat(tensors.stream(), Stream.of(further)).toList();
  }

  private static List<NamedTensor> withNorm(float value) {
    return TENSORS.stream()
        .map(each -> each.name().equals(NORM) ? filled(each, value) : each)
        .toList();
  }

  private static NamedTensor filled(NamedTensor like, float value) {
    float[] values = new float[TensorValues.toFloats(like).length];
    Arrays.fill(values, value);
    return TensorValues.tensor(like.name(), like.shape(), values);
  }
}
