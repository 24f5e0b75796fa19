package io.gapo.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.broker.EmbeddedBroker;
import io.gapo.ops.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What cannot work is said once, in one line, by a command that ends. */
@Tag("integration")
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RefusalsIT {

  /** The demo's policy reads 256 tokens. */
  private static final String PROMPT_TOKENS = "gapo.sampling.max-prompt-tokens=100";

  private static final Path DEMO = Path.of("..", "demo");

  @TempDir Path temporary = Path.of("set by JUnit");

  private final Shell shell = new Shell();
  private Path policy = temporary;

  @BeforeEach
  void copyThePolicyWithoutItsTokenizer() throws IOException {
    policy = Files.createDirectory(temporary.resolve("policy"));
    for (String file : new String[] {"config.json", "model.safetensors"}) {
      Files.copy(DEMO.resolve("policy").resolve(file), policy.resolve(file));
    }
  }

  @Test
  void endsADemoWhosePolicyHasNoTokenizer() {
    int exitCode = demo(temporary.resolve("data"), policy, "--steps", "1", "--set", PROMPT_TOKENS);

    assertThat(exitCode).isEqualTo(1);
    assertThat(shell.err())
        .startsWith("gapo demo: ")
        .contains(policy.resolve("tokenizer.json").toString())
        .doesNotContain("\tat ");
  }

  @Test
  void endsAProcessWhosePolicyHasNoTokenizer() {
    try (EmbeddedBroker broker = EmbeddedBroker.open(temporary.resolve("kafka"), 0)) {
      String servers = broker.bootstrapServers();
      assertThat(shell.run("topics", "create", "--bootstrap-servers", servers)).isZero();

      int exitCode =
          shell.run(
              "run",
              "--role",
              "rollout-generator",
              "--bootstrap-servers",
              servers,
              "--set",
              PROMPT_TOKENS,
              "--set",
              "gapo.sampling.max-response-tokens=100",
              "--set",
              "gapo.policy.directory=" + policy,
              "--set",
              "gapo.objectives=[{name=concise, scored-by=cost-scorer, rule={kind=conciseness}}]",
              "--set",
              "gapo.metrics.port=0");

      assertThat(exitCode).isEqualTo(1);
      assertThat(shell.err())
          .startsWith("gapo run: ")
          .contains(policy.resolve("tokenizer.json").toString())
          .doesNotContain("\tat ");
    }
  }

  @Test
  void deletesNothingOfADemoThatRuns() throws IOException {
    Path data = Files.createDirectory(temporary.resolve("running"));
    Files.writeString(data.resolve("gapo-demo"), "");
    try (EmbeddedBroker running = EmbeddedBroker.open(data.resolve("kafka"), 0)) {
      long files = files(data);

      assertThat(demo(data, DEMO.resolve("policy"), "--fresh")).isEqualTo(1);

      assertThat(shell.err())
          .startsWith("gapo demo: ")
          .contains(running.dataDirectory() + " is in use by process");
      assertThat(files(data)).isGreaterThanOrEqualTo(files);
    }
  }

  /** With the demo's own score models. */
  private int demo(Path data, Path from, String... further) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "demo",
                "--data",
                data.toString(),
                "--policy",
                from.toString(),
                "--reward",
                DEMO.resolve("reward").toString(),
                "--cost",
                DEMO.resolve("cost").toString()));
    words.addAll(List.of(further));
    return shell.run(words.toArray(String[]::new));
  }

  private static long files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.count();
    }
  }
}
