package io.gapo.core.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps others out of a directory, in this process and in other ones; the operating system frees it
 * if the process dies. The file of the lock names the process that holds it.
 */
public final class DirectoryLock implements AutoCloseable {

  private static final int LONGEST_PROCESS_ID = 32;

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock, or says that another holds it.
   *
   * @param directory made if missing
   * @param fileName of the lock, in that directory
   * @param inUse makes the exception, of the process that holds the lock if it can be told
   * @throws IOException if the directory cannot be made or written to
   */
  public static DirectoryLock take(Path directory, String fileName, InUse inUse)
      throws IOException {
    Files.createDirectories(directory);
    FileChannel channel =
        FileChannel.open(
            directory.resolve(fileName),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    boolean taken = false;
    try {
      if (tryLock(channel) == null) {
        throw inUse.by(owner(channel));
      }
      write(channel, Long.toString(ProcessHandle.current().pid()));
      taken = true;
      return new DirectoryLock(channel);
    } finally {
      if (!taken) {
        channel.close();
      }
    }
  }

  /** What to throw if the directory is in use. */
  @FunctionalInterface
  public interface InUse {
    /**
     * Makes the exception.
     *
     * @param process that holds the lock; empty if it does not say
     */
    RuntimeException by(Optional<String> process);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held in this JVM
    }
  }

  private static Optional<String> owner(FileChannel channel) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(LONGEST_PROCESS_ID);
    channel.read(content, 0);
    String owner =
        new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII).strip();
    return owner.isEmpty() ? Optional.empty() : Optional.of(owner);
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
      throw new UncheckedIOException(e);
    }
  }
}
