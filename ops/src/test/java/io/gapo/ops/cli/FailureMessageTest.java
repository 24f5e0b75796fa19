package io.gapo.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class FailureMessageTest {

  @Test
  void findsTheMessageForTheUserBelowWhatWrapsIt() {
    Throwable wrapped =
        new CompletionException(
            new IllegalStateException(new CommandFailedException("the disk is full: make room")));

    assertThat(FailureMessage.of(wrapped)).isEqualTo("the disk is full: make room");
  }

  @Test
  void saysWhatIsWrongWithAFile() {
    assertThat(FailureMessage.of(new NoSuchFileException("a")))
        .isEqualTo("there is no file or directory a");
    assertThat(FailureMessage.of(new AccessDeniedException("a")))
        .isEqualTo("a may not be accessed: fix its permissions");
    assertThat(FailureMessage.of(new FileAlreadyExistsException("a")))
        .isEqualTo("a is there already");
    assertThat(FailureMessage.of(new NotDirectoryException("a"))).isEqualTo("a is not a directory");
    assertThat(FailureMessage.of(new FileSystemException("a", null, "No space left on device")))
        .isEqualTo("a: No space left on device");
    assertThat(FailureMessage.of(new FileSystemException("a"))).isEqualTo("a: I/O error");
  }

  @Test
  void saysThatTheDiskIsFull() {
    IOException full = new IOException("No space left on device");

    assertThat(
            FailureMessage.of(
                new UncheckedIOException("cannot write a: " + full.getMessage(), full)))
        .isEqualTo("cannot write a: No space left on device");
  }

  @Test
  void saysHowToFindAFaultOfOurs() {
    assertThat(FailureMessage.of(new IllegalStateException("v3 comes after v1")))
        .startsWith("java.lang.IllegalStateException: v3 comes after v1.")
        .contains("--stacktrace");
  }
}
