package io.gapo.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Path;
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
}
