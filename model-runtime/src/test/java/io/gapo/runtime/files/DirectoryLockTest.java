package io.gapo.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
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
}
