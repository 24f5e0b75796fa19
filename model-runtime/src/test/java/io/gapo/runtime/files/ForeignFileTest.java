package io.gapo.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForeignFileTest {

  @TempDir Path directory = Path.of("set by JUnit");
  private Path file = directory;

  @BeforeEach
  void name() {
    file = directory.resolve("file");
  }

  @Test
  void readsAFileOfTheMostBytesAndALinkToIt() throws IOException {
    Files.write(file, new byte[] {1, 2, 3});
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);

    assertThat(ForeignFile.read(file, 3)).containsExactly(1, 2, 3);
    assertThat(ForeignFile.read(link, 4)).containsExactly(1, 2, 3);
  }

  @Test
  void readsNoMoreThanItMay() throws IOException {
    Files.write(file, new byte[] {1, 2, 3});

    assertThatThrownBy(() -> ForeignFile.read(file, 2))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(file + ": has more than 2 bytes, too many");
  }

  @Test
  void namesWhatIsNoFile() throws IOException {
    assertThatThrownBy(() -> ForeignFile.read(file, 2)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> ForeignFile.read(directory, 2))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(directory + ": is a directory, expected a file");
    assertThatThrownBy(() -> ForeignFile.read(Path.of("/dev/zero"), 2))
        .isInstanceOf(FileSystemException.class)
        .hasMessage("/dev/zero: is not a regular file");

    Files.createSymbolicLink(file, file);
    assertThatThrownBy(() -> ForeignFile.read(file, 2))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining(file.toString());
  }
}
