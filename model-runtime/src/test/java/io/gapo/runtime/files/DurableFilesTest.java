package io.gapo.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {

  @Test
  void replacesAFileWhole(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("state"), "a longer old content");

    DurableFiles.replace(file, "new".getBytes(StandardCharsets.UTF_8));

    assertThat(file).hasContent("new");
    assertHoldsNothingBeside(file);
  }

  @Test
  void leavesTheOldFileWhenWritingFails(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("state"), "old");

    assertThatThrownBy(
            () ->
                DurableFiles.replace(
                    file,
                    channel -> {
                      throw new IOException("disk full");
                    }))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContainingAll(file.toString(), "disk full");

    assertThat(file).hasContent("old");
    assertHoldsNothingBeside(file);
  }

  @Test
  void saysWhichFileCannotBeWritten(@TempDir Path directory) {
    Path nowhere = directory.resolve("missing/state");

    assertThatThrownBy(() -> DurableFiles.replace(nowhere, new byte[0]))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(nowhere.toString());
  }

  @Test
  void givesAFileThePermissionsThatAnyOtherNewFileGets(@TempDir Path directory) throws IOException {
    Path plain = Files.writeString(directory.resolve("plain"), "new");
    Path file = directory.resolve("state");

    DurableFiles.replace(file, "new".getBytes(StandardCharsets.UTF_8));

    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(plain));
  }

  private static void assertHoldsNothingBeside(Path file) throws IOException {
    try (Stream<Path> files = Files.list(file.resolveSibling("."))) {
      assertThat(files.map(Path::getFileName)).containsExactly(file.getFileName());
    }
  }
}
