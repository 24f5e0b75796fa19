package io.gapo.runtime.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.ParityFixture;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyExportTest {

  private static final NamedTensor NORM =
      TensorValues.tensor("model.norm.weight", new long[] {2}, 1, 0.5f);

  @Test
  void copiesWhatBelongsToAPolicyAndWritesItsTensors(@TempDir Path temporary) throws IOException {
    Path origin = Files.createDirectory(temporary.resolve("origin"));
    Files.writeString(origin.resolve("config.json"), "{}");
    Files.writeString(origin.resolve("tokenizer.json"), "{ }");
    Files.writeString(origin.resolve("generation_config.json"), "[]");
    Path target = temporary.resolve("out/policy");

    PolicyExport.write(target, origin, List.of(NORM), DataType.BF16);

    assertThat(target.resolve("config.json")).hasContent("{}");
    assertThat(target.resolve("tokenizer.json")).hasContent("{ }");
    assertThat(target.resolve("generation_config.json")).hasContent("[]");
    assertThat(target.resolve("tokenizer_config.json")).doesNotExist();
    assertThat(SafetensorsFile.readAllWidened(target.resolve("model.safetensors")))
        .containsExactly(NORM);
  }

  @Test
  void canReplaceThePolicyItBeganWith(@TempDir Path origin) throws IOException {
    Files.writeString(origin.resolve("config.json"), "{}");
    Files.writeString(origin.resolve("tokenizer.json"), "{ }");

    PolicyExport.write(origin, origin, List.of(NORM), DataType.F32);

    assertThat(origin.resolve("config.json")).hasContent("{}");
    assertThat(SafetensorsFile.readAll(origin.resolve("model.safetensors"))).containsExactly(NORM);
  }

  @Test
  void namesTheElementTypeThatItWrote(@TempDir Path temporary) throws IOException {
    Path origin = Files.createDirectory(temporary.resolve("origin"));
    Files.writeString(origin.resolve("tokenizer.json"), "{ }");
    Path target = temporary.resolve("policy");
    Files.writeString(origin.resolve("config.json"), "{\"dtype\": \"bfloat16\", \"a\": [1]}");

    PolicyExport.write(target, origin, List.of(NORM), DataType.BF16);
    assertThat(target.resolve("config.json")).hasContent("{\"dtype\": \"bfloat16\", \"a\": [1]}");

    PolicyExport.write(target, origin, List.of(NORM), DataType.F32);
    assertThat(new ObjectMapper().readTree(target.resolve("config.json").toFile()))
        .isEqualTo(new ObjectMapper().readTree("{\"dtype\": \"float32\", \"a\": [1]}"));

    Files.writeString(origin.resolve("config.json"), "{\"torch_dtype\": \"float32\"}");
    PolicyExport.write(target, origin, List.of(NORM), DataType.F16);
    assertThat(Files.readString(target.resolve("config.json")))
        .contains("torch_dtype", "float16")
        .doesNotContain("\"dtype\"");
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
            () -> PolicyExport.write(origin.resolve("out"), origin, List.of(NORM), DataType.F32))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("config.json");
  }
}
