package io.gapo.runtime.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Reads files that somebody else put there, which may be anything: a directory, a pipe, endless.
 */
public final class ForeignFile {

  private ForeignFile() {}

  /**
   * All bytes of a file.
   *
   * @param maxBytes more are not read
   * @throws FileSystemException naming the file and what is wrong with it, if it is not there, no
   *     regular file or longer
   */
  public static byte[] read(Path file, int maxBytes) throws IOException {
    requireRegular(file);
    try (InputStream content = Files.newInputStream(file)) {
      byte[] bytes = content.readNBytes(maxBytes);
      if (content.read() >= 0) {
        throw new FileSystemException(
            file.toString(), null, "has more than %s bytes, too many".formatted(maxBytes));
      }
      return bytes;
    }
  }

  /**
   * Looks whether something is a regular file or a link to one: a pipe would block whoever opens
   * it.
   *
   * @throws FileSystemException naming the file and what is wrong with it, if not
   */
  public static void requireRegular(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new FileSystemException(
          file.toString(),
          null,
          attributes.isDirectory() ? "is a directory, expected a file" : "is not a regular file");
    }
  }
}
