package io.gapo.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.ops.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gapo evaluate --prompts-file}. */
class EvaluateFileTest {

  private static final Path POLICY = Path.of("..", "demo", "policy");

  @TempDir Path directory = Path.of("set by JUnit");

  private final Shell shell = new Shell();

  @Test
  void scoresAPolicyOnOnesOwnPromptsByTheRunsObjectives() throws IOException {
    int exit =
        evaluate(
            """
            {"prompt": "how do i boil an egg?"}

            {"id": "b", "prompt": "how do i plant a tree?", "label": "with care"}
            """);

    assertThat(shell.err()).isEmpty();
    assertThat(exit).isZero();
    assertThat(shell.out())
        .contains("2 prompts.jsonl prompts", "concise score", "watched score")
        .contains("how do i")
        .doesNotContain("gold", "outside");
  }

  @Test
  void writesAPageForABrowser() throws IOException {
    Path page = directory.resolve("page.html");

    int exit = evaluate("{\"prompt\": \"how do i boil <b>eggs</b>?\"}", "--html", page.toString());

    assertThat(exit).isZero();
    assertThat(shell.out()).contains("Page written to " + page);
    assertThat(Files.readString(page))
        .startsWith("<!DOCTYPE html>")
        .contains("how do i boil &lt;b&gt;eggs&lt;/b&gt;?", "concise score", "watch-only");
  }

  @Test
  void namesALineThatIsNoPrompt() throws IOException {
    assertThat(evaluate("{\"prompt\": \"a\"}\n{\"text\": \"b\"}\n")).isEqualTo(1);
    assertThat(shell.err()).contains("prompts.jsonl, row 2 is no prompt: 'prompt' is missing");
  }

  @Test
  void refusesAnEmptyFile() throws IOException {
    assertThat(evaluate("\n")).isEqualTo(1);
    assertThat(shell.err())
        .contains("prompts.jsonl holds no prompts: it is empty, or has blank lines only");
  }

  @Test
  void readsWhatFeedReads() throws IOException {
    String row = "{\"text\": \"how do i boil an egg?\"}";

    assertThat(evaluate("{\"conversations\": [{\"from\": \"human\", \"value\": \"hi\"}]}"))
        .isZero();
    assertThat(evaluate(row, "--column", "text")).isZero();
    assertThat(evaluate(row, "--format", "csv")).isEqualTo(2);
    assertThat(shell.err()).contains("--format must be auto, prompt, messages");
  }

  @Test
  void refusesAFileThatIsNoText() throws IOException {
    Path file = directory.resolve("prompts.jsonl");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});

    assertThat(
            shell.run(
                "evaluate",
                POLICY.toString(),
                "--prompts-file",
                file.toString(),
                "--set",
                "gapo.policy.directory=" + POLICY,
                "--set",
                "gapo.objectives=[{name=concise, scored-by=cost-scorer, rule={kind=conciseness}}]"))
        .isEqualTo(1);
    assertThat(shell.err())
        .contains("prompts.jsonl, row 1 is no prompt: invalid UTF-8")
        .doesNotContain("fault");
  }

  @Test
  void takesNoModelsOfTheDemosBesideIt() throws IOException {
    assertThat(evaluate("{\"prompt\": \"a\"}", "--policy", POLICY.toString())).isEqualTo(2);
    assertThat(shell.err()).contains("--config names policy and objectives");
  }

  private int evaluate(String prompts, String... more) throws IOException {
    Path file = directory.resolve("prompts.jsonl");
    Files.writeString(file, prompts);
    Path settings = directory.resolve("settings.conf");
    Files.writeString(
        settings,
        """
        gapo.policy.directory = "%s"
        gapo.sampling { template = "USER: {prompt} ASSISTANT:", slots = 4, max-prompt-tokens = 30, max-response-tokens = 8 }
        gapo.objectives = [
          { name = concise, scored-by = reward-scorer, rule { kind = conciseness } }
          { name = watched, scored-by = reward-scorer, rule { kind = conciseness }, watch-only = true }
          { name = outside, external {} }
        ]
        """
            .formatted(POLICY));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "evaluate",
                POLICY.toString(),
                "--prompts-file",
                file.toString(),
                "--config",
                settings.toString()));
    arguments.addAll(List.of(more));
    return shell.run(arguments.toArray(String[]::new));
  }
}
