package io.gapo.runtime.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Puts a file in place in one step: whoever looks sees the old content or the new one, never a part
 * of it, and what was seen once survives a power cut.
 */
public final class DurableFiles {

  private DurableFiles() {}

  /** Writes a file's content. */
  @FunctionalInterface
  public interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Replaces {@code target}: temporary file beside it, fsync, rename, fsync of the directory. It
   * gets the permissions of any new file, those that the umask leaves.
   *
   * @throws UncheckedIOException if anything fails; {@code target} is then as it was
   */
  public static void replace(Path target, Content content) {
    Path absolute = target.toAbsolutePath();
    Path directory = absolute.getParent();
    if (directory == null) {
      throw new IllegalArgumentException(target + " names no file");
    }
    try {
      Path temporary =
          absolute.resolveSibling(
              ".%s-%s.partial".formatted(absolute.getFileName(), UUID.randomUUID()));
      try {
        // Not a temporary file of Java's, which nobody but its owner may read.
        write(temporary, content);
        Files.move(
            temporary,
            absolute,
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
        syncDirectory(directory);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + target + ": " + e.getMessage(), e);
    }
  }

  /** {@link #replace(Path, Content)} with bytes at hand. */
  public static void replace(Path target, byte[] content) {
    replace(target, channel -> writeFully(channel, ByteBuffer.wrap(content)));
  }

  /** Writes a new file and waits until it is on disk. */
  private static void write(Path file, Content content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.writeTo(channel);
      channel.force(true);
    }
  }

  /** Makes renames and new names in a directory durable. */
  public static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Writes all that remains of {@code bytes}. */
  public static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
