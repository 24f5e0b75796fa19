package io.gapo.lab.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.scoring.ScoreLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingCheckpointsTest {

  private static final Map<String, String> SETTINGS = Map.of("--epochs", "2", "--seed", "5");
  private static final long STEPS = 20;

  private static Path start;

  @TempDir Path directory = Path.of("set by JUnit");

  @BeforeAll
  static void makeAPolicy(@TempDir Path policy) throws IOException {
    start = policy;
    SmallWorld.makePolicy(policy, 1, SmallWorld.demonstrations(40, 1));
  }

  /** Stands for the end of a process. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static TrainingProgress killedAfter(long last) {
    return (step, steps, loss) -> {
      assertThat(steps).isEqualTo(STEPS);
      if (step == last) {
        throw new Killed();
      }
    };
  }

  private PreferenceReport train(Path target, boolean adapter, int pairs, TrainingProgress progress)
      throws IOException {
    TrainingSettings settings = SmallWorld.settings(adapter, OptionalInt.empty(), 200, 0);
    try (TrainingCheckpoints checkpoints =
        TrainingCheckpoints.open(target.resolve("training"), SETTINGS, 4)) {
      PreferenceReport report =
          new PreferenceTraining(
                  Optional.of(SmallWorld.TEMPLATE),
                  ScoreLayout.SEQUENCE_CLASSIFICATION,
                  0.001,
                  settings,
                  SmallWorld.TORCH)
              .train(
                  start,
                  target,
                  ScoreType.COST,
                  ExampleSource.of(SmallWorld.costPairs(pairs, 1), SmallWorld.costPairs(20, 2)),
                  Optional.of(checkpoints),
                  progress);
      checkpoints.delete();
      return report;
    }
  }

  private void trainUntilKilled(Path target, boolean adapter, long last) {
    assertThatThrownBy(() -> train(target, adapter, 80, killedAfter(last)))
        .isInstanceOf(Killed.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leadToWhereATrainingEndsThatNobodyStopped(boolean adapter) throws IOException {
    Path once = directory.resolve("once");
    Path resumed = directory.resolve("resumed");
    PreferenceReport expected = train(once, adapter, 80, TrainingProgress.NONE);

    trainUntilKilled(resumed, adapter, 7);
    assertThat(resumed.resolve("model.safetensors")).doesNotExist();
    trainUntilKilled(resumed, adapter, 14);
    PreferenceReport report = train(resumed, adapter, 80, killedAfter(11));

    assertThat(report.heldOutLoss()).isCloseTo(expected.heldOutLoss(), within(1e-4));
    assertThat(report.preferenceAccuracy()).isEqualTo(expected.preferenceAccuracy());
    Map<String, float[]> tensors = tensors(resumed);
    tensors(once)
        .forEach(
            (name, values) ->
                assertThat(tensors.get(name)).as(name).containsExactly(values, within(1e-4f)));
    assertThat(resumed.resolve("training")).doesNotExist();
  }

  private static Map<String, float[]> tensors(Path model) {
    return SafetensorsFile.readAll(model.resolve("model.safetensors")).stream()
        .collect(Collectors.toMap(NamedTensor::name, TensorValues::toFloats));
  }

  @Test
  void refuseOtherSettings() {
    trainUntilKilled(directory, false, 5);

    assertThatThrownBy(
            () ->
                TrainingCheckpoints.open(
                    directory.resolve("training"), Map.of("--epochs", "3", "--new", "x"), 4))
        .isInstanceOf(OtherTrainingException.class)
        .hasMessageContainingAll(
            "training",
            "--epochs was 2, is 3",
            "--new was not given, is x",
            "--seed was 5, is not given",
            "delete");
  }

  @Test
  void refuseOtherExamples() {
    trainUntilKilled(directory, false, 5);

    assertThatThrownBy(() -> train(directory, false, 81, TrainingProgress.NONE))
        .isInstanceOf(OtherTrainingException.class)
        .hasMessageContainingAll("on other examples: 80 examples", "gives 81 examples");
  }

  @Test
  void nameADamagedFile() throws IOException {
    trainUntilKilled(directory, false, 5);
    Path file = directory.resolve("training/checkpoint.safetensors");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 5000));

    assertThatThrownBy(() -> train(directory, false, 80, TrainingProgress.NONE))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining("checkpoint.safetensors");
  }

  @Test
  void areOneProcessesAtATime() throws IOException {
    try (TrainingCheckpoints first = TrainingCheckpoints.open(directory, SETTINGS, 4)) {
      assertThat(first.isDue(8)).isTrue();
      assertThatThrownBy(() -> TrainingCheckpoints.open(directory, SETTINGS, 4))
          .isInstanceOf(OtherTrainingException.class)
          .hasMessageContaining("another training runs in " + directory);
    }
  }

  @Test
  void leaveNothingWhereNothingWasSaved() {
    Path target = directory.resolve("out");

    assertThatThrownBy(() -> train(target, false, 0, TrainingProgress.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no examples");
    assertThat(target).isEmptyDirectory();
  }

  @Test
  void leaveWhatSomebodyElsePutBesideThem() throws IOException {
    try (TrainingCheckpoints checkpoints =
        TrainingCheckpoints.open(directory.resolve("training"), SETTINGS, 4)) {
      Files.writeString(directory.resolve("training/notes.txt"), "mine");
      checkpoints.delete();
    }

    assertThat(directory.resolve("training"))
        .isDirectoryContaining("glob:**notes.txt")
        .isDirectoryNotContaining("glob:**lock");
  }

  @Test
  void sweepOutWhatWasHalfWritten() throws IOException {
    trainUntilKilled(directory, false, 5);
    Path half = directory.resolve("training/.checkpoint.safetensors-x.partial");
    Files.writeString(half, "half");

    assertThat(train(directory, false, 80, TrainingProgress.NONE).pairs()).isEqualTo(20);
    assertThat(half).doesNotExist();
  }
}
