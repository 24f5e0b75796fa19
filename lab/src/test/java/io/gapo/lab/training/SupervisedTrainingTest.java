package io.gapo.lab.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.safetensors.SafetensorsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisedTrainingTest {

  private static final SupervisedTraining TRAINING =
      new SupervisedTraining(
          Optional.of(SmallWorld.TEMPLATE), SmallWorld.settings(3), SmallWorld.TORCH);

  @Test
  void learnsToAnswerAsDemonstrated(@TempDir Path directory) throws IOException {
    LlamaConfig config = SmallWorld.prepare(directory);
    List<Double> losses = new ArrayList<>();

    SupervisedReport report =
        TRAINING.train(
            config,
            directory,
            ExampleSource.of(SmallWorld.demonstrations(200, 1), SmallWorld.demonstrations(30, 2)),
            (step, steps, loss) -> {
              losses.add(loss);
              assertThat(step).isEqualTo(losses.size());
              assertThat(steps).isEqualTo(75);
            });

    assertThat(losses).hasSize(75);
    assertThat(losses.get(0)).isGreaterThan(4);
    assertThat(report.heldOutLoss()).isLessThan(0.4);
    assertThat(report.heldOutTokens()).isGreaterThan(200);
    assertThat(LlamaConfig.read(directory)).isEqualTo(config);
  }

  @Test
  void makesTheSamePolicyAgain(@TempDir Path one, @TempDir Path other) throws IOException {
    for (Path directory : List.of(one, other)) {
      TRAINING.train(
          SmallWorld.prepare(directory),
          directory,
          ExampleSource.of(SmallWorld.demonstrations(40, 1), List.of()),
          TrainingProgress.NONE);
    }

    assertThat(SafetensorsFile.readAll(one.resolve("model.safetensors")))
        .isEqualTo(SafetensorsFile.readAll(other.resolve("model.safetensors")));
  }

  @Test
  void refusesWhatThePolicyCannotRead(@TempDir Path directory) throws IOException {
    LlamaConfig config = SmallWorld.prepare(directory);
    List<AnsweredPrompt> tooLong = List.of(new AnsweredPrompt("xyz ".repeat(40), "yes"));

    assertThatThrownBy(
            () ->
                TRAINING.train(
                    config, directory, ExampleSource.of(tooLong, List.of()), TrainingProgress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("at most 48", "example 1");
    assertThatThrownBy(
            () ->
                TRAINING.train(
                    config,
                    directory,
                    ExampleSource.of(List.of(), List.of()),
                    TrainingProgress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no examples");
  }

  @Test
  void saysThatTheTokenizerIsMissing(@TempDir Path directory, @TempDir Path elsewhere)
      throws IOException {
    LlamaConfig config = SmallWorld.prepare(elsewhere);

    assertThatThrownBy(
            () ->
                TRAINING.train(
                    config,
                    directory,
                    ExampleSource.of(SmallWorld.demonstrations(1, 1), List.of()),
                    TrainingProgress.NONE))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("tokenizer.json");
  }
}
