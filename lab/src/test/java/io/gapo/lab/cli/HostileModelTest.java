package io.gapo.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.ops.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A policy's directory with something wrong in it is the user's, and no fault of ours. */
class HostileModelTest {

  private static final Path MODELS = Path.of("..", "demo");

  @TempDir Path policy = Path.of("set by JUnit");
  private final Shell shell = new Shell();

  @BeforeEach
  void copy() throws IOException {
    for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      Files.copy(MODELS.resolve("policy").resolve(name), policy.resolve(name));
    }
  }

  private void refuses(String... named) {
    int exit =
        shell.run(
            "evaluate",
            policy.toString(),
            "--policy",
            policy.toString(),
            "--reward",
            MODELS.resolve("reward").toString(),
            "--cost",
            MODELS.resolve("cost").toString(),
            "--set",
            "gapo.sampling.max-prompt-tokens=112");

    assertThat(exit).isEqualTo(1);
    assertThat(shell.err().strip()).contains(named).doesNotContain("a fault of", "\n");
  }

  @Test
  void saysThatThereIsNoConfiguration() throws IOException {
    Path config = policy.resolve("config.json");
    Files.delete(config);
    refuses(policy.toString(), "config.json");

    Files.createDirectory(config);
    refuses(policy.toString(), "config.json");
    Files.delete(config);

    Files.createSymbolicLink(config, config);
    refuses(policy.toString(), "config.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokenizer.json", "model.safetensors"})
  void saysWhatStandsInAFilesPlace(String name) throws IOException {
    Path file = policy.resolve(name);
    Files.delete(file);
    refuses(file + " does not exist");

    Files.createDirectory(file);
    refuses(file + ": is a directory, expected a file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{"})
  void saysWhatIsNoTokenizer(String json) throws IOException {
    Path file = policy.resolve("tokenizer.json");
    Files.writeString(file, json);

    refuses(file + ": not ");
  }
}
