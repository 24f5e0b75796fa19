package io.gapo.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Lets one thread of one process at a time fetch a repository; it is free when its holder dies. */
final class RepositoryLock {

  /** A file lock keeps out other processes only. */
  private static final Map<Path, ReentrantLock> IN_THIS_PROCESS = new ConcurrentHashMap<>();

  private RepositoryLock() {}

  /** What is done while nobody else does it. */
  interface Work {
    /** Does it. */
    void run() throws IOException;
  }

  /**
   * Waits until the lock is free, and holds it meanwhile.
   *
   * @param waiting is run if another process has it
   */
  static void holding(Path file, Runnable waiting, Work work) throws IOException {
    ReentrantLock mine = IN_THIS_PROCESS.computeIfAbsent(file, any -> new ReentrantLock());
    mine.lock();
    try {
      Path directory = file.getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        @Nullable FileLock lock = channel.tryLock();
        if (lock == null) {
          waiting.run();
          channel.lock();
        }
        work.run();
      }
    } finally {
      mine.unlock();
    }
  }
}
