package io.gapo.core.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Keeps others out of a directory, in this process and in other ones; the operating system frees it
 * if the process dies. The file of the lock names the process that holds it.
 */
public final class DirectoryLock implements AutoCloseable {

  private static final int LONGEST_PROCESS_ID = 32;

  /** Little where a file system stores what is not written, and many sizes. */
  private static final int MOST_BYTES = 1 << 20;

  private final Path file;
  private final FileChannel channel;

  private DirectoryLock(Path file, FileChannel channel) {
    this.file = file;
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
    return take(directory, fileName, inUse, () -> {});
  }

  /**
   * The same.
   *
   * @param opened runs each time between opening the file and locking it
   */
  static DirectoryLock take(Path directory, String fileName, InUse inUse, Runnable opened)
      throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(fileName);
    while (true) {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      boolean taken = false;
      try {
        opened.run();
        if (tryLock(channel) == null) {
          throw inUse.by(owner(channel));
        }
        if (isAt(file, channel)) {
          write(channel, Long.toString(ProcessHandle.current().pid()));
          taken = true;
          return new DirectoryLock(file, channel);
        }
      } finally {
        if (!taken) {
          channel.close();
        }
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

  /**
   * Whether a path names the file that is locked: who held it before may have deleted it after it
   * was opened here, and another have locked a new one. Shown by a size that no other has, since
   * opening the path again would unlock the file when that is closed.
   */
  static boolean isAt(Path path, FileChannel locked) throws IOException {
    locked.write(ByteBuffer.allocate(1), ThreadLocalRandom.current().nextInt(MOST_BYTES));
    try {
      return Files.size(path) == locked.size();
    } catch (NoSuchFileException e) {
      return false;
    } finally {
      locked.truncate(0);
    }
  }

  private static Optional<String> owner(FileChannel channel) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(LONGEST_PROCESS_ID);
    channel.read(content, 0);
    String owner =
        new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII)
            .replace("\0", "")
            .strip();
    return owner.isEmpty() ? Optional.empty() : Optional.of(owner);
  }

  private static void write(FileChannel channel, String content) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII)), 0);
  }

  /**
   * Deletes the file, so that the directory can be deleted; the lock is held until it is closed.
   */
  public void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unlock " + file, e);
    }
  }
}
