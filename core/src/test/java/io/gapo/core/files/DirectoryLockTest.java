package io.gapo.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {

  private static final DirectoryLock.InUse REFUSED =
      process -> new IllegalStateException("in use by " + process.orElse("someone"));

  @Test
  void keepsASecondHolderOutAndNamesTheFirst(@TempDir Path parent) throws IOException {
    Path directory = parent.resolve("made");

    try (DirectoryLock first = DirectoryLock.take(directory, "lock", REFUSED)) {
      assertThat(first).isNotNull();
      assertThatIllegalStateException()
          .isThrownBy(() -> DirectoryLock.take(directory, "lock", REFUSED))
          .withMessage("in use by " + ProcessHandle.current().pid());
    }
  }

  @Test
  void canBeTakenAgainOnceItIsReleased(@TempDir Path parent) throws IOException {
    DirectoryLock.take(parent, "lock", REFUSED).close();

    try (DirectoryLock again = DirectoryLock.take(parent, "lock", REFUSED)) {
      assertThat(parent.resolve("lock")).exists();
      assertThat(again).isNotNull();
    }
  }

  @Test
  void leavesNothingIfItIsDeleted(@TempDir Path directory) throws IOException {
    try (DirectoryLock held = taken(directory)) {
      assertInUse(directory);
      held.delete();
    }

    assertThat(directory).isEmptyDirectory();
    try (DirectoryLock again = taken(directory)) {
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
  void isNotOnAFileThatIsDeletedBeforeItIsLocked(@TempDir Path directory) {
    List<DirectoryLock> later = new ArrayList<>();
    try {
      assertThatIllegalStateException()
          .isThrownBy(
              () ->
                  DirectoryLock.take(
                      directory,
                      "lock",
                      REFUSED,
                      () -> {
                        if (later.isEmpty()) {
                          heldAndDeleted(directory);
                          later.add(taken(directory));
                        }
                      }));
    } finally {
      later.forEach(DirectoryLock::close);
    }
  }

  @Test
  void isOnANewFileIfTheOldOneIsDeletedBeforeItIsLocked(@TempDir Path directory)
      throws IOException {
    AtomicInteger opened = new AtomicInteger();
    try (DirectoryLock held =
        DirectoryLock.take(
            directory,
            "lock",
            REFUSED,
            () -> {
              if (opened.getAndIncrement() == 0) {
                heldAndDeleted(directory);
              }
            })) {
      assertThat(opened).hasValue(2);
      assertInUse(directory);
      held.delete();
    }
  }

  private static void assertInUse(Path directory) {
    assertThatIllegalStateException()
        .isThrownBy(() -> DirectoryLock.take(directory, "lock", REFUSED));
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
      return DirectoryLock.take(directory, "lock", REFUSED);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
