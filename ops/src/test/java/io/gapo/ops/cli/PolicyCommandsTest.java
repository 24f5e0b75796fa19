package io.gapo.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gapo export} and {@code gapo soup} on the demo's policy. */
class PolicyCommandsTest {

  private static final Path POLICY = Path.of("..", "demo", "policy");

  private final Shell shell = new Shell();

  @Test
  void exportsAPolicyAsItIs(@TempDir Path directory) {
    Path out = directory.resolve("exported");

    int exit =
        shell.run(
            "export", POLICY.toString(), "--origin", POLICY.toString(), "--out", out.toString());

    assertThat(exit).as(shell.err()).isZero();
    assertThat(shell.out()).contains("policy written to " + out);
    assertThat(out).isDirectoryContaining("glob:**/tokenizer.json");
    assertSameValues(out, POLICY);
  }

  @Test
  void exportsAShardedPolicyWithItsOwnConfiguration(@TempDir Path directory) throws IOException {
    Path sharded = Path.of("..", "model-runtime/src/test/resources/parity/mistral-sharded");
    Path from = Files.createDirectory(directory.resolve("sharded"));
    try (Stream<Path> files = Files.list(sharded)) {
      for (Path file : files.toList()) {
        Files.copy(file, from.resolve(file.getFileName().toString()));
      }
    }
    Files.copy(POLICY.resolve("tokenizer.json"), from.resolve("tokenizer.json"));
    Files.writeString(from.resolve("generation_config.json"), "{\"eos_token_id\": 2}");
    Path out = directory.resolve("exported");

    int exit = shell.run("export", from.toString(), "--out", out.toString(), "--dtype", "BF16");

    assertThat(exit).as(shell.err()).isZero();
    assertThat(out.resolve("generation_config.json")).hasContent("{\"eos_token_id\": 2}");
    assertThat(out.resolve("config.json")).content().contains("mistral", "bfloat16");
    try (PretrainedTensors original = PretrainedTensors.open(from);
        PretrainedTensors written = PretrainedTensors.open(out)) {
      assertThat(written.names()).isEqualTo(original.names());
      for (String name : original.names()) {
        assertThat(written.read(name))
            .isEqualTo(TensorValues.convert(original.read(name), DataType.BF16));
      }
    }
  }

  @Test
  void aSoupOfAPolicyWithItselfIsThatPolicy(@TempDir Path directory) {
    Path out = directory.resolve("soup");

    int exit =
        shell.run(
            "soup",
            POLICY.toString(),
            POLICY.toString(),
            "--weight",
            "0.3,0.7",
            "--origin",
            POLICY.toString(),
            "--out",
            out.toString(),
            "--dtype",
            "F16");

    assertThat(exit).as(shell.err()).isZero();
    assertSameValues(out, POLICY);
  }

  @Test
  void namesWhatIsNoPolicyAndWeightsThatDoNotFit(@TempDir Path directory) {
    assertThat(
            shell.run("export", directory.toString(), "--out", directory.resolve("x").toString()))
        .isEqualTo(1);
    assertThat(shell.err()).contains("holds neither a policy nor a whole checkpoint");

    assertThat(
            shell.run(
                "soup",
                POLICY.toString(),
                "--weight",
                "1,2",
                "--origin",
                POLICY.toString(),
                "--out",
                directory.resolve("x").toString()))
        .isEqualTo(2);
    assertThat(shell.err()).contains("expected a weight for each of 1 policies");
  }

  private static void assertSameValues(Path written, Path original) {
    List<NamedTensor> expected = SafetensorsFile.readAll(original.resolve("model.safetensors"));
    List<NamedTensor> actual = SafetensorsFile.readAll(written.resolve("model.safetensors"));
    assertThat(halves(actual)).containsExactlyInAnyOrderElementsOf(halves(expected));
  }

  private static List<NamedTensor> halves(List<NamedTensor> tensors) {
    return tensors.stream().map(tensor -> TensorValues.convert(tensor, DataType.F16)).toList();
  }
}
