package io.gapo.runtime.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a directory for one writer at a time, in this process or another, by a lock on its file
 * {@code lock}. The system gives it back when the process ends, however that happens.
 */
public final class DirectoryLock implements AutoCloseable {

  private static final String FILE = "lock";

  /** Little where a file system stores what is not written, and many sizes. */
  private static final int MOST_BYTES = 1 << 20;

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Locks a directory that there is.
   *
   * @return empty if another holds it
   */
  public static Optional<DirectoryLock> tryLock(Path directory) throws IOException {
    return tryLock(directory, () -> {});
  }

  /**
   * The same.
   *
   * @param opened runs each time between opening the file and locking it
   */
  static Optional<DirectoryLock> tryLock(Path directory, Runnable opened) throws IOException {
    Path file = directory.resolve(FILE);
    while (true) {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      boolean kept = false;
      try {
        opened.run();
        if (!locked(channel)) {
          return Optional.empty();
        }
        if (isAt(file, channel)) {
          kept = true;
          return Optional.of(new DirectoryLock(directory, channel));
        }
      } finally {
        if (!kept) {
          channel.close();
        }
      }
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      @Nullable FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
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

  /**
   * Deletes the file, so that the directory can be deleted; the lock is held until it is closed.
   */
  public void delete() throws IOException {
    Files.deleteIfExists(directory.resolve(FILE));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unlock " + directory, e);
    }
  }
}
