package io.gapo.runtime.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts several files into a directory when all of them are written: a failure leaves none. */
public final class StagedFiles {

  private static final String PREFIX = ".partial-";

  private StagedFiles() {}

  /** Writes files into a directory. */
  @FunctionalInterface
  public interface Content {
    void writeTo(Path directory) throws IOException;
  }

  /**
   * Writes beside the directory's files, then moves what was written over them. Directories that
   * had to be made are gone again after a failure.
   *
   * @param target made if it does not exist
   * @param last name of the file that is moved last, so that it vouches for the others
   * @throws UncheckedIOException if a file cannot be written
   */
  public static void write(Path target, String last, Content content) {
    List<Path> made = new ArrayList<>();
    boolean done = false;
    try {
      make(target.toAbsolutePath(), made);
      Path staging = Files.createTempDirectory(target, PREFIX);
      try {
        content.writeTo(staging);
        moveAll(staging, target, last);
        done = true;
      } finally {
        delete(staging);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to %s: %s".formatted(target, e.getMessage()), e);
    } finally {
      if (!done) {
        unmake(made);
      }
    }
  }

  /**
   * Deletes what writers that were killed left in a directory; for its only writer.
   *
   * @param target may be missing
   */
  public static void sweep(Path target) throws IOException {
    if (!Files.isDirectory(target)) {
      return;
    }
    try (DirectoryStream<Path> left = Files.newDirectoryStream(target, PREFIX + "*")) {
      for (Path staging : left) {
        delete(staging);
      }
    }
  }

  /** Outermost first. */
  private static void make(Path directory, List<Path> made) throws IOException {
    @Nullable Path parent = directory.getParent();
    if (parent != null && !Files.exists(parent)) {
      make(parent, made);
    }
    if (!Files.isDirectory(directory)) {
      Files.createDirectory(directory);
      made.add(directory);
    }
  }

  private static void moveAll(Path staging, Path target, String last) throws IOException {
    for (Path file : filesOf(staging)) {
      if (!file.getFileName().toString().equals(last)) {
        move(file, target);
      }
    }
    DurableFiles.syncDirectory(target);
    move(staging.resolve(last), target);
    DurableFiles.syncDirectory(target);
  }

  private static void move(Path file, Path target) throws IOException {
    Files.move(
        file,
        target.resolve(file.getFileName()),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static List<Path> filesOf(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted(Comparator.naturalOrder()).toList();
    }
  }

  private static void delete(Path staging) throws IOException {
    for (Path file : filesOf(staging)) {
      Files.delete(file);
    }
    Files.delete(staging);
  }

  private static void unmake(List<Path> made) {
    for (int i = made.size() - 1; i >= 0; i--) {
      try {
        Files.deleteIfExists(made.get(i));
      } catch (DirectoryNotEmptyException e) {
        return; // somebody else has put something there
      } catch (IOException e) {
        throw new UncheckedIOException("cannot delete " + made.get(i), e);
      }
    }
  }
}
