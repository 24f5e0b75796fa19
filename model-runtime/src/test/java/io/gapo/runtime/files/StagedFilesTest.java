package io.gapo.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedFilesTest {

  @Test
  void putsAllFilesIntoADirectoryThatItMakes(@TempDir Path directory) {
    Path target = directory.resolve("a/b");

    StagedFiles.write(target, "first", StagedFilesTest::two);

    assertThat(target.resolve("first")).hasContent("1");
    assertThat(target.resolve("second")).hasContent("2");
    assertThat(target).isDirectoryNotContaining(file -> file.toString().contains("partial"));
  }

  @Test
  void leavesNoneOfTheDirectoriesThatItMadeWhenItFails(@TempDir Path directory) throws IOException {
    Files.createDirectory(directory.resolve("a"));

    assertThatThrownBy(
            () -> StagedFiles.write(directory.resolve("a/b/c"), "x", StagedFilesTest::fail))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContainingAll("a/b/c", "disk full");

    assertThat(directory.resolve("a")).isEmptyDirectory();
  }

  @Test
  void leavesADirectoryThatWasThereAsItWas(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("first"), "old");

    assertThatThrownBy(() -> StagedFiles.write(directory, "x", StagedFilesTest::fail))
        .isInstanceOf(UncheckedIOException.class);

    assertThat(directory).isDirectoryContaining(file -> file.endsWith("first"));
    assertThat(directory.resolve("first")).hasContent("old");
    assertThat(directory).isDirectoryNotContaining(file -> !file.endsWith("first"));
  }

  @Test
  void sweepsOutWhatAWriterThatWasKilledLeft(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("first"), "old");
    Path half = Files.createDirectory(directory.resolve(".partial-123"));
    Files.writeString(half.resolve("first"), "half");

    StagedFiles.sweep(directory);
    StagedFiles.sweep(directory.resolve("missing"));

    assertThat(half).doesNotExist();
    assertThat(directory.resolve("first")).hasContent("old");
  }

  @Test
  void namesAFileThatStandsInTheWay(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(() -> StagedFiles.write(file, "first", StagedFilesTest::two))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString());
    assertThat(file).exists();
  }

  private static void two(Path directory) throws IOException {
    Files.writeString(directory.resolve("first"), "1");
    Files.writeString(directory.resolve("second"), "2");
  }

  private static void fail(Path directory) throws IOException {
    Files.writeString(directory.resolve("first"), "half");
    throw new IOException("disk full");
  }
}
