package io.gapo.broker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps a second broker out of a data directory; the operating system frees it if we die. */
final class DirectoryLock implements AutoCloseable {

  private static final String FILE_NAME = "embedded-broker.lock";

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @param directory made if missing
   */
  static DirectoryLock take(Path directory) {
    try {
      Files.createDirectories(directory);
      Path file = directory.resolve(FILE_NAME);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        String owner = read(channel);
        channel.close();
        throw inUse(directory, owner);
      }
      write(channel, Long.toString(ProcessHandle.current().pid()));
      return new DirectoryLock(channel);
    } catch (IOException e) {
      throw new BrokerStartException(
          "cannot write to the broker's data directory %s (%s): name another, or mend its permissions"
              .formatted(directory, e),
          e);
    }
  }

  private static BrokerStartException inUse(Path directory, String owner) {
    String who = owner.isBlank() ? "another process" : "process " + owner.strip();
    return new BrokerStartException(
        "the broker's data directory %s is in use by %s: stop that one first, or name another"
                .formatted(directory, who)
            + " directory",
        null);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by another broker in this JVM
    }
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(32);
    channel.read(content, 0);
    return new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII);
  }

  private static void write(FileChannel channel, String content) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII)), 0);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
