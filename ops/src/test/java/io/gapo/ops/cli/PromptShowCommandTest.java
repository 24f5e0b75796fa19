package io.gapo.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptShowCommandTest {

  private static final Path MODELS = Path.of("..", "demo");
  private static final String TEMPLATE = "USER: {prompt} ASSISTANT:";

  @TempDir Path directory = Path.of("set by JUnit");

  private final Shell shell = new Shell();

  @Test
  void printsWhatThePolicyAndAScoreModelRead() throws IOException {
    int exit = show("{\"prompt\": \"how do i boil an egg?\"}", "--response", "In water.");

    assertThat(exit).isZero();
    assertThat(shell.out())
        .containsSubsequence(
            "row 1",
            "policy " + MODELS.resolve("policy"),
            "| USER: how do i boil an egg? ASSISTANT:",
            "helpful " + MODELS.resolve("reward"),
            "| USER: how do i boil an egg? ASSISTANT:In water.",
            "concise is no model here: it reads the texts themselves")
        .containsPattern("reads (\\d+) tokens:\\R.*\\R    \\d+( \\d+)*\\R");
  }

  @Test
  void saysWhichConversationAModelCannotRead() throws IOException {
    int exit =
        show(
            "{\"messages\": [{\"role\": \"system\", \"content\": \"Be brief.\"},"
                + " {\"role\": \"user\", \"content\": \"Hi\"}]}");

    assertThat(exit).isEqualTo(1);
    assertThat(shell.out()).contains("cannot read it: the prompt has several messages");
  }

  @Test
  void namesALineThatIsNoPrompt() throws IOException {
    assertThat(show("{\"text\": \"Hi\"}")).isEqualTo(1);
    assertThat(shell.out()).contains("row 1 is no prompt: 'prompt' is missing");
  }

  @Test
  void readsWhatFeedReads() throws IOException {
    assertThat(show("{\"chosen\": \"\\n\\nHuman: Hi\\n\\nAssistant: Ho\"}")).isZero();
    assertThat(shell.out()).contains("is read as format hh-rlhf", "| USER: Hi ASSISTANT:");

    assertThat(show("{\"text\": \"Hi\"}", "--column", "text")).isZero();
    assertThat(shell.out()).contains("| USER: Hi ASSISTANT:");

    assertThat(show("{}", "--format", "csv")).isEqualTo(2);
    assertThat(shell.err()).contains("--format must be auto, prompt, messages");
  }

  @Test
  void marksWhatOnlyLooksLikeASpecialToken() throws IOException {
    assertThat(show("{\"prompt\": \"a</s>b\"}", "--response", "c")).isZero();
    assertThat(shell.out())
        .contains("| USER: a⟦</s>⟧b ASSISTANT:", "⟦…⟧ is plain text to the model");

    assertThat(show("{\"prompt\": \"a\"}", "--response", "</s>")).isZero();
    assertThat(shell.out())
        .contains("| USER: a ASSISTANT:\n", "| USER: a ASSISTANT:⟦</s>⟧")
        .containsOnlyOnce("is plain text to the model");
  }

  @Test
  void writesControlCharactersOut() throws IOException {
    assertThat(show("{\"prompt\": \"a\\u001b[31m\"}")).isZero();
    assertThat(shell.out()).contains("\\u001b[31m").doesNotContain("\u001b");
  }

  @Test
  void writesOutWhatTurnsALineAround() throws IOException {
    assertThat(show("{\"prompt\": \"a\u202eb\"}")).isZero();
    assertThat(shell.out()).contains("a\\u202eb").doesNotContain("\u202e");
  }

  @Test
  void passesOverBlankLinesAndRefusesAFileOfNothingElse() throws IOException {
    assertThat(show("\n{\"prompt\": \"a\"}", "--limit", "1")).isZero();
    assertThat(shell.out()).contains("row 2");

    assertThat(show("\n")).isEqualTo(1);
    assertThat(shell.err())
        .contains("prompts.jsonl holds no prompts: it is empty, or has blank lines only");
  }

  @Test
  void refusesAFileThatIsNoText() throws IOException {
    show("{\"prompt\": \"a\"}");
    Files.write(directory.resolve("prompts.jsonl"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});

    int exit =
        shell.run(
            "prompt",
            "show",
            "--config",
            directory.resolve("settings.conf").toString(),
            directory.resolve("prompts.jsonl").toString());

    assertThat(exit).isEqualTo(1);
    assertThat(shell.out()).contains("row 1 is no prompt: invalid UTF-8");
  }

  private int show(String line, String... more) throws IOException {
    Path file = directory.resolve("prompts.jsonl");
    Files.writeString(file, line + "\n");
    Path settings = directory.resolve("settings.conf");
    Files.writeString(
        settings,
        """
        gapo.policy.directory = "%s"
        gapo.sampling.template = "%s"
        gapo.objectives = [
          { name = helpful, scored-by = reward-scorer, model { directory = "%s" } }
          { name = concise, scored-by = reward-scorer, rule { kind = conciseness } }
        ]
        """
            .formatted(MODELS.resolve("policy"), TEMPLATE, MODELS.resolve("reward")));
    List<String> arguments =
        new ArrayList<>(
            List.of("prompt", "show", "--config", settings.toString(), file.toString()));
    arguments.addAll(List.of(more));
    return shell.run(arguments.toArray(String[]::new));
  }
}
