package io.gapo.lab.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {

  private static final byte[] BYTES = "new".getBytes(UTF_8);

  @TempDir private Path directory = Path.of("set by JUnit");

  @Test
  void replacesARegularFileAndLeavesNothingBesideIt() throws IOException {
    Path file = Files.writeString(directory.resolve("out.json"), "an older, longer one");

    OutputFile.write(file, BYTES);

    assertThat(file).hasContent("new");
    assertThat(directory).isDirectoryNotContaining(each -> !each.equals(file));
  }

  @Test
  void leavesALinkPointingWhereItDid() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path file = Files.writeString(elsewhere.resolve("out.json"), "old");
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("elsewhere/out.json"));

    OutputFile.write(link, BYTES);

    assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("elsewhere/out.json"));
    assertThat(file).hasContent("new");
    assertThat(elsewhere).isDirectoryNotContaining(each -> !each.equals(file));
  }

  @Test
  void makesWhatALinkNames() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("out.json"));

    OutputFile.write(link, BYTES);

    assertThat(link).isSymbolicLink();
    assertThat(directory.resolve("out.json")).hasContent("new");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void writesThroughAPipe() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    CompletableFuture<String> read =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Files.readString(pipe);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });

    OutputFile.write(pipe, BYTES);

    assertThat(read.get(1, MINUTES)).isEqualTo("new");
    assertThat(Files.isRegularFile(pipe)).isFalse();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void writesToADeviceAndSaysThatItIsFull() throws IOException {
    OutputFile.write(Path.of("/dev/null"), BYTES);
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();

    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/full"));
    assertThatThrownBy(() -> OutputFile.write(link, BYTES))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(link + ": No space left on device");
    assertThat(Files.isRegularFile(Path.of("/dev/full"))).isFalse();
  }

  @Test
  void namesADirectory() {
    assertThatThrownBy(() -> OutputFile.write(directory, BYTES))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(directory + ": is a directory: name a file");
    assertThatThrownBy(() -> OutputFile.write(directory.resolve("absent/out.json"), BYTES))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(directory.resolve("absent").toString());
  }
}
