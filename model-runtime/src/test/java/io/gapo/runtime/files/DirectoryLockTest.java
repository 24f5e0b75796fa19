package io.gapo.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {

  @Test
  void isHeldByOneUntilItIsClosed(@TempDir Path directory) throws IOException {
    try (DirectoryLock held = DirectoryLock.tryLock(directory).orElseThrow()) {
      assertThat(DirectoryLock.tryLock(directory)).isEmpty();
      held.delete();
    }
    assertThat(directory).isEmptyDirectory();
    try (DirectoryLock again = DirectoryLock.tryLock(directory).orElseThrow()) {
      assertThat(again).isNotNull();
    }
  }

  @Test
  void knowsALockedFileThatIsNoLongerInItsPlace(@TempDir Path directory) throws IOException {
    Path path = directory.resolve("lock");
    try (FileChannel opened =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      assertThat(DirectoryLock.isAt(path, opened)).isTrue();
      Files.delete(path);
      assertThat(DirectoryLock.isAt(path, opened)).isFalse();
      Files.createFile(path);
      assertThat(DirectoryLock.isAt(path, opened)).isFalse();
    }
    assertThat(path).isEmptyFile();
  }

  @Test
  void isNotOnAFileThatIsDeletedBeforeItIsLocked(@TempDir Path directory) throws IOException {
    List<DirectoryLock> later = new ArrayList<>();
    try {
      Optional<DirectoryLock> late =
          DirectoryLock.tryLock(
              directory,
              () -> {
                if (later.isEmpty()) {
                  heldAndDeleted(directory);
                  later.add(taken(directory));
                }
              });

      assertThat(late).isEmpty();
    } finally {
      later.forEach(DirectoryLock::close);
    }
  }

  @Test
  void isOnANewFileIfTheOldOneIsDeletedBeforeItIsLocked(@TempDir Path directory)
      throws IOException {
    AtomicInteger opened = new AtomicInteger();
    try (DirectoryLock held =
        DirectoryLock.tryLock(
                directory,
                () -> {
                  if (opened.getAndIncrement() == 0) {
                    heldAndDeleted(directory);
                  }
                })
            .orElseThrow()) {
      assertThat(opened).hasValue(2);
      assertThat(DirectoryLock.tryLock(directory)).isEmpty();
      held.delete();
    }
  }

  private static void heldAndDeleted(Path directory) {
    try (DirectoryLock before = taken(directory)) {
      before.delete();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DirectoryLock taken(Path directory) {
    try {
      return DirectoryLock.tryLock(directory).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
