package io.gapo.lab.training;

import ai.djl.ndarray.NDArray;
import io.gapo.core.files.DirectoryLock;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.safetensors.PendingTensor;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.torch.TorchRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a training that was stopped continues from, in a directory of its own: {@code
 * checkpoint.safetensors} has what is trained, AdamW's moments and the settings, and is replaced in
 * one step. One process at a time has the directory open.
 */
public final class TrainingCheckpoints implements AutoCloseable {

  private static final String LOCK = "lock";
  private static final String CHECKPOINT = "checkpoint.safetensors";
  private static final String STEP = "step";
  private static final String EXAMPLES = "examples";
  private static final String SETTING = "setting ";

  private final Path directory;
  private final Map<String, String> settings;
  private final int every;
  private final DirectoryLock lock;

  private TrainingCheckpoints(
      Path directory, Map<String, String> settings, int every, DirectoryLock lock) {
    this.directory = directory;
    this.settings = Map.copyOf(settings);
    this.every = every;
    this.lock = lock;
  }

  /**
   * Opens a directory, made if need be, for a training with these settings.
   *
   * @param settings by option: all that the result depends on beside the examples
   * @param every how many steps a checkpoint is saved after
   * @throws OtherTrainingException if there is a checkpoint of another training, or one is running
   */
  public static TrainingCheckpoints open(Path directory, Map<String, String> settings, int every)
      throws IOException {
    DirectoryLock lock =
        DirectoryLock.take(
            directory,
            LOCK,
            process ->
                new OtherTrainingException(
                    "another training runs in %s: wait for it, or choose another --out"
                        .formatted(directory)));
    TrainingCheckpoints opened = new TrainingCheckpoints(directory, settings, every, lock);
    boolean done = false;
    try {
      opened.sweep();
      if (isIn(directory)) {
        opened.requireSame();
      }
      done = true;
      return opened;
    } finally {
      if (!done) {
        lock.close();
      }
    }
  }

  /** Deletes what a process that was killed left half-written. */
  private void sweep() throws IOException {
    try (DirectoryStream<Path> partial = Files.newDirectoryStream(directory, ".*.partial")) {
      for (Path file : partial) {
        Files.delete(file);
      }
    }
  }

  /** Whether a training can continue in a directory. */
  public static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(CHECKPOINT));
  }

  private void requireSame() {
    Map<String, String> begun = new TreeMap<>();
    try (SafetensorsFile file = SafetensorsFile.open(directory.resolve(CHECKPOINT))) {
      file.metadata()
          .forEach(
              (name, value) -> {
                if (name.startsWith(SETTING)) {
                  begun.put(name.substring(SETTING.length()), value);
                }
              });
    }
    Set<String> names = new TreeSet<>(settings.keySet());
    names.addAll(begun.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String before = begun.getOrDefault(name, "not given");
      String now = settings.getOrDefault(name, "not given");
      if (!before.equals(now)) {
        differences.add("%s was %s, is %s".formatted(name, before, now));
      }
    }
    if (!differences.isEmpty()) {
      throw other("with other settings: " + String.join("; ", differences));
    }
  }

  private OtherTrainingException other(String how) {
    return new OtherTrainingException(
        "%s holds a training that was begun %s. Give the same, choose another --out, or delete %s to"
                .formatted(directory, how, directory)
            + " start again");
  }

  boolean isDue(long step) {
    return step % every == 0;
  }

  /**
   * Loads the checkpoint, if there is one.
   *
   * @param state tensors by name, overwritten
   * @param examples of {@link ExampleSet#fingerprint}
   * @return how many steps were made
   */
  OptionalLong restore(TorchRuntime runtime, Map<String, NDArray> state, String examples) {
    Path path = directory.resolve(CHECKPOINT);
    if (!Files.exists(path)) {
      return OptionalLong.empty();
    }
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      String begun = file.metadata().getOrDefault(EXAMPLES, "unknown");
      if (!begun.equals(examples)) {
        throw other("on other examples: %s, and --data gives %s now".formatted(begun, examples));
      }
      requireShapes(file, state);
      state.forEach((name, tensor) -> runtime.tensors().load(tensor, file, name));
      return OptionalLong.of(
          Long.parseLong(Objects.requireNonNull(file.metadata().get(STEP), STEP)));
    }
  }

  private void requireShapes(SafetensorsFile file, Map<String, NDArray> state) {
    state.forEach(
        (name, tensor) -> {
          if (!file.names().contains(name)
              || !Arrays.equals(file.entry(name).shape(), tensor.getShape().getShape())) {
            throw other("with another model: tensor %s does not fit".formatted(name));
          }
        });
  }

  /** Saves the state after a step; until that is on disk, the one before is. */
  void save(TorchRuntime runtime, long step, Map<String, NDArray> state, String examples) {
    List<PendingTensor> tensors = new ArrayList<>();
    state.forEach(
        (name, tensor) ->
            tensors.add(
                new PendingTensor(
                    name,
                    DataType.F32,
                    tensor.getShape().getShape(),
                    () -> runtime.tensors().toNamedTensor(name, tensor, DataType.F32))));
    Map<String, String> metadata = new TreeMap<>();
    settings.forEach((name, value) -> metadata.put(SETTING + name, value));
    metadata.putAll(Map.of("format", "pt", STEP, Long.toString(step), EXAMPLES, examples));
    SafetensorsFile.writePending(directory.resolve(CHECKPOINT), tensors, metadata);
  }

  /** Deletes the checkpoint: the training is done and its result is on disk. */
  public void delete() throws IOException {
    Files.deleteIfExists(directory.resolve(CHECKPOINT));
  }

  /** Leaves a checkpoint behind, if there is one, and else nothing of its own. */
  @Override
  public void close() {
    try {
      if (!isIn(directory)) {
        lock.delete();
        Files.deleteIfExists(directory);
      }
    } catch (DirectoryNotEmptyException e) {
      return; // somebody else has put something there
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot tidy up %s: %s".formatted(directory, e.getMessage()), e);
    } finally {
      lock.close();
    }
  }
}
