package io.gapo.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.ops.cli.Shell;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
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

    int exit = shell.run("export", from.toString(), "--out", out.toString(), "--dtype", "bf16");

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

  @Test
  void aSoupOfWholePoliciesHasTheConfigurationOfTheFirst(@TempDir Path directory)
      throws IOException {
    Path first = policy(directory.resolve("first"), "llama2", config -> {});
    Path second =
        policy(directory.resolve("second"), "llama2", config -> config.put("pad_token_id", 1));
    Path out = directory.resolve("soup");

    assertThat(soup(out, first, second)).as(shell.err()).isZero();

    assertThat(LlamaConfig.read(out)).isEqualTo(LlamaConfig.read(first));
    assertThat(out.resolve("tokenizer.json")).hasContent("first's");
  }

  @Test
  void refusesASoupOfPoliciesOfDifferentModels(@TempDir Path directory) throws IOException {
    Path first = policy(directory.resolve("first"), "llama2", config -> {});
    Path second =
        policy(directory.resolve("second"), "llama2", config -> config.put("eos_token_id", 5));
    Path out = directory.resolve("soup");

    assertThat(soup(out, first, second)).isEqualTo(1);

    assertThat(shell.err())
        .startsWith("gapo soup: eos_token_id is [2] in " + first.resolve("config.json"))
        .contains("and [5] in " + second.resolve("config.json"));
    assertThat(out).doesNotExist();
  }

  @Test
  void refusesASoupWhoseOriginIsAnotherModel(@TempDir Path directory) throws IOException {
    Path policy = policy(directory.resolve("policy"), "llama2", config -> {});
    Path out = directory.resolve("soup");

    assertThat(soup(out, policy, policy, "--origin", POLICY.toString())).isEqualTo(1);

    assertThat(shell.err())
        .contains("vocab_size is 1024 in " + POLICY, "in " + policy.resolve("config.json"));
    assertThat(out).doesNotExist();
  }

  @Test
  void refusesToExportWhatNothingHereCouldOpen(@TempDir Path directory) throws IOException {
    Path mixtral =
        policy(directory.resolve("a"), "llama2", config -> config.put("model_type", "mixtral"));
    Path headless =
        policy(directory.resolve("b"), "llama2", config -> config.put("num_hidden_layers", 9));
    String out = directory.resolve("out").toString();

    assertThat(shell.run("export", mixtral.toString(), "--out", out)).isEqualTo(1);
    assertThat(shell.err()).contains("model_type is mixtral, expected llama");

    assertThat(shell.run("export", headless.toString(), "--out", out)).isEqualTo(1);
    assertThat(shell.err())
        .contains("tensor 'model.layers.")
        .contains("is missing, " + headless.resolve("config.json"));
    assertThat(Path.of(out)).doesNotExist();
  }

  @Test
  void refusesToExportAPolicyWithATensorThatNothingReads(@TempDir Path directory)
      throws IOException {
    Path policy = policy(directory.resolve("policy"), "llama2", config -> {});
    Path file = policy.resolve("model.safetensors");
    List<NamedTensor> tensors = new ArrayList<>(SafetensorsFile.readAll(file));
    tensors.add(TensorValues.tensor("lm_head.bias", new long[] {1}, 1));
    SafetensorsFile.write(file, tensors, Map.of());
    Path out = directory.resolve("out");

    assertThat(shell.run("export", policy.toString(), "--out", out.toString())).isEqualTo(1);

    assertThat(shell.err()).contains(policy.toString(), "lm_head.bias would be left out");
    assertThat(out).doesNotExist();
  }

  @Test
  void refusesASoupWithATensorThatIsNotFinite(@TempDir Path directory) throws IOException {
    Path whole = policy(directory.resolve("whole"), "llama2", config -> {});
    Path broken = policy(directory.resolve("broken"), "llama2", config -> {});
    Path file = broken.resolve("model.safetensors");
    SafetensorsFile.write(
        file,
        SafetensorsFile.readAll(file).stream()
            .map(
                each ->
                    each.name().equals("model.norm.weight")
                        ? TensorValues.tensor(
                            each.name(), each.shape(), notNumbers(each.shape()[0]))
                        : each)
            .toList(),
        Map.of());
    Path out = directory.resolve("soup");

    assertThat(
            shell.run(
                "soup",
                broken.toString(),
                whole.toString(),
                "--weight",
                "0,1",
                "--out",
                out.toString()))
        .isNotZero();

    assertThat(shell.err()).contains("tensor 'model.norm.weight' of policy 1 holds NaN");
    assertThat(out).doesNotExist();
  }

  private static float[] notNumbers(long count) {
    float[] values = new float[(int) count];
    Arrays.fill(values, Float.NaN);
    return values;
  }

  private int soup(Path out, Path first, Path second, String... further) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "soup",
                first.toString(),
                second.toString(),
                "--weight",
                "1,1",
                "--out",
                out.toString()));
    words.addAll(List.of(further));
    return shell.run(words.toArray(String[]::new));
  }

  /** A tiny policy with a configuration of its own. */
  private static Path policy(Path directory, String fixture, Consumer<ObjectNode> change)
      throws IOException {
    Path from = Path.of("..", "model-runtime/src/test/resources/parity", fixture);
    Files.createDirectory(directory);
    ObjectNode config =
        (ObjectNode) new ObjectMapper().readTree(from.resolve("config.json").toFile());
    change.accept(config);
    Files.writeString(directory.resolve("config.json"), config.toPrettyString());
    Files.writeString(directory.resolve("tokenizer.json"), directory.getFileName() + "'s");
    Files.copy(from.resolve("model.safetensors"), directory.resolve("model.safetensors"));
    return directory;
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
