package io.gapo.runtime.checkpoint;

import io.gapo.core.files.DirectoryLock;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.files.DurableFiles;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import io.gapo.runtime.safetensors.SafetensorsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of checkpoints, owned by one optimizer at a time.
 *
 * <pre>
 *   version-00000012/model.safetensors       policy and value heads
 *                    optimizer.safetensors   AdamW's moments
 *                    state.json              version, lineage, ids trained on, offsets, SHA-256
 *   lock                                     held while the directory is open
 * </pre>
 *
 * <p>A checkpoint is written under another name, synced, and renamed: it is there complete or not
 * at all. One version saved a second time gets a further name ({@code version-00000012.1}), so that
 * the first is not given up before the second is complete. Not thread-safe.
 */
public final class CheckpointDirectory implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(CheckpointDirectory.class);

  private static final String LOCK = "lock";
  private static final String MODEL = "model.safetensors";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String STATE = "state.json";

  private final Path directory;
  private final int keep;
  private final DirectoryLock lock;

  private CheckpointDirectory(Path directory, int keep, DirectoryLock lock) {
    this.directory = directory;
    this.keep = keep;
    this.lock = lock;
  }

  /**
   * Locks a directory, makes it if need be, and sweeps out what a crash left half-written.
   *
   * @param keep how many checkpoints to keep; older ones are deleted
   * @throws DirectoryInUseException if another optimizer, in this process or not, has it open
   * @throws UncheckedIOException if it cannot be made or written to
   */
  public static CheckpointDirectory open(Path directory, int keep) {
    if (keep < 1) {
      throw new IllegalArgumentException("checkpoints to keep must be >= 1, was " + keep);
    }
    try {
      DirectoryLock lock =
          DirectoryLock.take(directory, LOCK, process -> new DirectoryInUseException(directory));
      CheckpointDirectory opened = new CheckpointDirectory(directory, keep, lock);
      opened.sweep();
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot use the checkpoint directory %s: %s".formatted(directory, e.getMessage()), e);
    }
  }

  /**
   * Saves a checkpoint, then deletes those older than the newest few.
   *
   * @throws UncheckedIOException if it could not be saved; all earlier ones are still there
   */
  public void save(Checkpoint checkpoint) {
    CheckpointName name = nextName(checkpoint.state().version().number());
    Path partial = directory.resolve("." + name + ".partial");
    try {
      Files.createDirectory(partial);
      Map<String, String> format = Map.of("format", "pt");
      SafetensorsFile.write(
          partial.resolve(MODEL), checkpoint.model(), LoraMetadata.of(checkpoint.lora(), format));
      SafetensorsFile.write(partial.resolve(OPTIMIZER), checkpoint.optimizer(), format);
      StateDocument.of(checkpoint.state(), checkpoint.optimizerSteps(), digests(partial))
          .write(partial.resolve(STATE));
      DurableFiles.syncDirectory(partial);
      Files.move(partial, directory.resolve(name.toString()), StandardCopyOption.ATOMIC_MOVE);
      DurableFiles.syncDirectory(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot save checkpoint %s in %s: %s".formatted(name, directory, e.getMessage()), e);
    } finally {
      deleteQuietly(partial);
    }
    names(directory).stream().skip(keep).forEach(this::delete);
  }

  /**
   * The newest complete checkpoint; empty if none was ever saved. Logs which newer ones are
   * damaged, and how.
   *
   * @throws MalformedCheckpointException if there are checkpoints and none is complete: starting
   *     over would throw the training away without a word
   * @throws UnreadableCheckpointException if one cannot be read for another reason than its content
   */
  public Optional<Checkpoint> newest() {
    return newest(directory);
  }

  /** {@link #newest()} of a directory that an optimizer may be writing to: reads, never locks. */
  public static Optional<Checkpoint> newest(Path directory) {
    List<CheckpointName> names = names(directory);
    for (CheckpointName name : names) {
      Path path = directory.resolve(name.toString());
      try {
        return Optional.of(read(path));
      } catch (MalformedCheckpointException e) {
        logDamage(path, e);
      } catch (UncheckedIOException e) {
        UnreadableCheckpointException.refuseUnlessDamaged(path, e);
        logDamage(path, e);
      } catch (IOException e) {
        UnreadableCheckpointException.refuseUnlessDamaged(path, e);
        logDamage(path, e);
      }
    }
    if (!names.isEmpty()) {
      throw new MalformedCheckpointException(
          directory,
          "none of %s checkpoints is complete; move them away to start from the initial policy"
              .formatted(names.size()));
    }
    return Optional.empty();
  }

  private static void logDamage(Path checkpoint, Exception failure) {
    log.warn("Ignoring the damaged checkpoint {}: {}", checkpoint, failure.getMessage());
  }

  /**
   * What the newest checkpoint is of, by the head of its model file: reads no tensors, locks
   * nothing, and does not check whether the checkpoint is complete. Those whose head is damaged are
   * passed over; {@link #newest()} says what is wrong with them.
   *
   * @return empty if the directory is not there or has no checkpoint whose head is undamaged
   * @throws UnreadableCheckpointException as {@link #newest()}
   */
  public static Optional<CheckpointHeader> newestHeader(Path directory) {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    return names(directory).stream()
        .map(name -> directory.resolve(name.toString()))
        .flatMap(path -> header(path).stream())
        .findFirst();
  }

  /**
   * The state of the newest checkpoint, as {@link #newestHeader} has its head: reads no tensors,
   * locks nothing, and passes over those whose state cannot be read.
   */
  public static Optional<CheckpointState> newestState(Path directory) {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    return names(directory).stream()
        .map(name -> directory.resolve(name.toString()))
        .flatMap(path -> state(path).stream())
        .findFirst();
  }

  private static Optional<CheckpointState> state(Path path) {
    try {
      return Optional.of(StateDocument.read(path.resolve(STATE)).state());
    } catch (MalformedCheckpointException | IOException e) {
      return Optional.empty();
    }
  }

  /** Whether a directory is one of checkpoints, or a checkpoint itself. */
  public static boolean isIn(Path directory) {
    return Files.isDirectory(directory)
        && (Files.isRegularFile(directory.resolve(STATE)) || !names(directory).isEmpty());
  }

  private static Optional<CheckpointHeader> header(Path path) {
    Path model = path.resolve(MODEL);
    try (SafetensorsFile file = SafetensorsFile.open(model)) {
      Map<String, List<Long>> shapes = new LinkedHashMap<>();
      for (String name : file.names()) {
        shapes.put(name, Arrays.stream(file.entry(name).shape()).boxed().toList());
      }
      return Optional.of(
          new CheckpointHeader(path, LoraMetadata.read(model, file.metadata()), shapes));
    } catch (MalformedCheckpointException e) {
      return Optional.empty();
    } catch (UncheckedIOException e) {
      UnreadableCheckpointException.refuseUnlessDamaged(path, e);
      return Optional.empty();
    }
  }

  private static Checkpoint read(Path path) throws IOException {
    StateDocument document = StateDocument.read(path.resolve(STATE));
    Map<String, String> found = digests(path);
    if (!found.equals(document.sha256())) {
      throw new MalformedCheckpointException(
          path, "SHA-256 of the tensors is %s, not %s".formatted(found, document.sha256()));
    }
    List<NamedTensor> model = SafetensorsFile.readAll(path.resolve(MODEL));
    List<NamedTensor> optimizer = SafetensorsFile.readAll(path.resolve(OPTIMIZER));
    return new Checkpoint(
        document.state(), model, optimizer, document.optimizerSteps(), lora(path.resolve(MODEL)));
  }

  private static Optional<LoraSettings> lora(Path model) {
    try (SafetensorsFile file = SafetensorsFile.open(model)) {
      return LoraMetadata.read(model, file.metadata());
    }
  }

  private static Map<String, String> digests(Path path) throws IOException {
    return Map.of(
        MODEL, FileDigest.sha256(path.resolve(MODEL)),
        OPTIMIZER, FileDigest.sha256(path.resolve(OPTIMIZER)));
  }

  private CheckpointName nextName(long version) {
    return names(directory).stream()
        .filter(name -> name.version() == version)
        .findFirst()
        .map(CheckpointName::again)
        .orElse(new CheckpointName(version, 0));
  }

  /** Newest first. */
  private static List<CheckpointName> names(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .flatMap(file -> CheckpointName.parse(file.getFileName().toString()).stream())
          .sorted(CheckpointName.NEWEST_FIRST)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list %s: %s".formatted(directory, e.getMessage()), e);
    }
  }

  /** Gives up the name first: what is half deleted is no checkpoint. */
  private void delete(CheckpointName name) {
    Path doomed = directory.resolve("." + name + ".deleted");
    try {
      Files.move(directory.resolve(name.toString()), doomed, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      log.warn("Cannot delete the old checkpoint {} in {}", name, directory, e);
    }
    deleteQuietly(doomed);
  }

  private void sweep() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      files
          .filter(file -> file.getFileName().toString().matches("\\..+\\.(partial|deleted)"))
          .forEach(CheckpointDirectory::deleteQuietly);
    }
  }

  private static void deleteQuietly(Path path) {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      log.warn("Cannot delete {}", path, e);
    }
  }

  /** Gives the directory back; its checkpoints stay. */
  @Override
  public void close() {
    lock.close();
  }
}
