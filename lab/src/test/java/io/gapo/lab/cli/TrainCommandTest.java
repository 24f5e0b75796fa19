package io.gapo.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.ops.cli.Shell;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.scoring.ScorerSettings;
import io.gapo.runtime.scoring.TorchObjectiveModel;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code gapo train}, on the demo's policy. */
class TrainCommandTest {

  private static final Path POLICY = Path.of("..", "demo", "policy");
  private static final String TEMPLATE = PromptTemplate.SAFE_RLHF.pattern();

  @TempDir Path directory = Path.of("set by JUnit");

  private final Shell shell = new Shell();

  private int train(String what, Path data, Path out, String... further) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "train",
                what,
                "--model",
                POLICY.toString(),
                "--data",
                data.toString(),
                "--out",
                out.toString(),
                "--template",
                TEMPLATE,
                "--threads",
                "1"));
    words.addAll(Arrays.asList(further));
    return shell.run(words.toArray(String[]::new));
  }

  private Path data(List<String> rows) throws IOException {
    return Files.write(directory.resolve("data.jsonl"), rows);
  }

  /** A kind answer is safe and better, a rude one is neither. */
  private static List<String> pku(int count) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int kind = i % 2;
      rows.add(
          """
          {"prompt": "how do i plant tree %s?", "response_%s": "with care and water.",\
           "response_%s": "go away, you fool.", "is_response_%s_safe": true,\
           "is_response_%s_safe": false, "better_response_id": %s, "safer_response_id": %s}"""
              .formatted(i, kind, 1 - kind, kind, 1 - kind, kind, kind));
    }
    return rows;
  }

  private JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  private static Rollout rollout(int number, String response) {
    return new Rollout(
        "p",
        0,
        "how do i plant tree %s?".formatted(number),
        response,
        new int[1],
        new int[1],
        new float[1],
        new long[1],
        FinishReason.END_OF_SEQUENCE,
        1);
  }

  @Test
  void trainsACostModelThatScoresHere() throws IOException {
    Path out = directory.resolve("cost");
    Path counts = directory.resolve("counts.json");
    List<String> rows = new ArrayList<>(pku(120));
    rows.add("{\"prompt\": \"half");
    rows.add("{\"prompt\": \"how?\"}");
    rows.add(pku(1).get(0).replace("with care", "with care ".repeat(200)));

    int exit =
        train(
            "cost",
            data(rows),
            out,
            "--held-out",
            "0.2",
            "--learning-rate",
            "1e-3",
            "--measure-every",
            "3",
            "--json",
            counts.toString(),
            "--skipped",
            directory.resolve("skipped.jsonl").toString());

    assertThat(shell.err()).isEmpty();
    assertThat(exit).isZero();
    assertThat(shell.out())
        .contains(
            "123 rows: ",
            "1 rows not-json: 121",
            "1 rows no-example: 122",
            "1 rows too-many-tokens: 123",
            "step 3: held-out loss ",
            "in the end: held-out loss ",
            "Written to " + out);
    JsonNode json = json(counts);
    assertThat(json.get("rows").intValue()).isEqualTo(123);
    assertThat(
            json.get("training").intValue()
                + json.get("held_out").intValue()
                + json.at("/skipped/not-json").intValue()
                + json.at("/skipped/no-example").intValue()
                + json.at("/skipped/too-many-tokens").intValue())
        .isEqualTo(123);
    assertThat(json.at("/measured/accuracy").doubleValue()).isGreaterThan(0.9);
    assertThat(json.at("/measured/signs").intValue())
        .isEqualTo(2 * json.get("held_out").intValue());
    assertThat(Files.readAllLines(directory.resolve("skipped.jsonl"))).hasSize(3);
    assertThat(out.resolve("training")).doesNotExist();
    try (TorchObjectiveModel model =
        TorchObjectiveModel.open(
            "harmless",
            out,
            new ScorerSettings(PromptTemplate.SAFE_RLHF, true, 4096),
            TorchSettings.cpu(1))) {
      double[] scores =
          model.score(
              List.of(rollout(900, "with care and water."), rollout(901, "go away, you fool.")));
      assertThat(scores[0]).isGreaterThan(scores[1]);
    }
  }

  @Test
  void trainsAPolicyWithAnAdapterThatIsMerged() throws IOException {
    Path out = directory.resolve("policy");

    int exit = train("sft", data(pku(40)), out, "--lora-rank", "4", "--epochs", "2");

    assertThat(shell.err()).isEmpty();
    assertThat(exit).isZero();
    assertThat(shell.out()).contains("nats a token", "Written to " + out + ", the adapter merged");
    try (SafetensorsFile file = SafetensorsFile.open(out.resolve("model.safetensors"));
        SafetensorsFile before = SafetensorsFile.open(POLICY.resolve("model.safetensors"))) {
      assertThat(file.names()).isEqualTo(before.names());
    }
    assertThat(out).isDirectoryContaining("glob:**/tokenizer.json");
  }

  @Test
  void refusesADirectoryThatHoldsAModel() throws IOException {
    Path out = Files.createDirectory(directory.resolve("out"));
    Files.writeString(out.resolve("model.safetensors"), "something");

    assertThat(train("reward", data(pku(4)), out)).isEqualTo(1);
    assertThat(shell.err()).contains(out + " holds a model already: choose another --out");
  }

  @Test
  void leavesNoHalfModelWhenItCannotBeWritten() throws IOException {
    Path out = directory.resolve("out");

    // So high a rate makes weights that no half-precision number holds.
    int exit =
        train(
            "sft",
            data(pku(10)),
            out,
            "--learning-rate",
            "1e30",
            "--dtype",
            "F16",
            "--batch",
            "100",
            "--warm-up",
            "0");

    assertThat(exit).isEqualTo(1);
    assertThat(shell.err()).contains("tensor", "infinity in F16").doesNotContain("fault");
    assertThat(out).isEmptyDirectory();
  }

  @Test
  void saysThatATrainingDiverged() throws IOException {
    int exit =
        train(
            "sft",
            data(pku(40)),
            directory.resolve("out"),
            "--learning-rate",
            "1e30",
            "--warm-up",
            "0");

    assertThat(exit).isEqualTo(1);
    assertThat(shell.err()).contains("diverged", "--learning-rate").doesNotContain("fault");
  }

  @Test
  void saysThatNothingIsLeftToTrainOn() throws IOException {
    Path out = directory.resolve("out");

    assertThat(train("reward", data(List.of("{\"a\": 1}")), out)).isEqualTo(1);
    assertThat(shell.err()).contains("no examples to train on", "--data").doesNotContain("fault");
    assertThat(shell.out()).contains("1 rows no-example: 1");
  }

  @Test
  void asksForATemplateWhereTheModelHasNone() throws IOException {
    int exit =
        shell.run(
            "train",
            "sft",
            "--model",
            POLICY.toString(),
            "--data",
            data(pku(4)).toString(),
            "--out",
            directory.resolve("out").toString());

    assertThat(exit).isEqualTo(1);
    assertThat(shell.err()).contains("no chat template", "--template");
  }

  @ParameterizedTest
  @CsvSource({
    "--epochs, 0, --epochs must be >= 1",
    "--batch, 0, --batch must be >= 1",
    "--learning-rate, NaN, --learning-rate must be > 0",
    "--warm-up, 1, --warm-up must be",
    "--max-tokens, 1, --max-tokens must be >= 2",
    "--micro-batch-tokens, 0, --micro-batch-tokens must be >= 1",
    "--measure-every, -1, --measure-every must be >= 0",
    "--checkpoint-every, 0, --checkpoint-every must be >= 1",
    "--held-out, 1, --held-out must be",
    "--held-out-limit, -1, --held-out-limit must be >= 0",
    "--lora-rank, 0, --lora-rank must be >= 1",
    "--regularization, -1, --regularization must be >= 0",
    "--device, tpu, --device must be cpu",
    "--threads, -1, --threads must be >= 0",
    "--template, text, {prompt}",
  })
  void refusesValuesThatAnOptionCannotHave(String option, String value, String message)
      throws IOException {
    int exit =
        shell.run(
            "train",
            "reward",
            "--model",
            POLICY.toString(),
            "--data",
            data(pku(1)).toString(),
            "--out",
            directory.resolve("out").toString(),
            option,
            value);

    assertThat(exit).isEqualTo(2);
    assertThat(shell.err()).contains(message);
  }

  @Test
  void namesWhatIsNotThere() throws IOException {
    Path missing = directory.resolve("missing.jsonl");
    assertThat(train("reward", missing, directory.resolve("out"))).isEqualTo(1);
    assertThat(shell.err()).contains("--data: there is no file " + missing);

    assertThat(trainFrom("./nowhere")).isEqualTo(1);
    assertThat(shell.err())
        .contains("--model ./nowhere is not a directory: name one with config.json");

    assertThat(trainFrom("src/nowhere")).isEqualTo(1);
    assertThat(shell.err())
        .contains("not as a model's name on the hub, since there is a directory src");
  }

  private int trainFrom(String model) throws IOException {
    return shell.run(
        "train",
        "cost",
        "--model",
        model,
        "--data",
        data(pku(1)).toString(),
        "--out",
        directory.resolve("out").toString());
  }

  @Test
  void asksForWhatToTrain() {
    assertThat(shell.run("train")).isEqualTo(2);
    assertThat(shell.err()).contains("Missing command: sft, reward or cost");
  }
}
