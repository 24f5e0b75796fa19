package io.gapo.lab.files;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;

/** A file that the user names for what a command writes: any that a shell could write to. */
public final class OutputFile {

  /** Their names lead to open files, a redirected one's too, which must not be replaced. */
  private static final Set<Path> OPEN_FILES =
      Set.of(Path.of("/dev/stdout"), Path.of("/dev/stderr"), Path.of("/dev/fd"), Path.of("/proc"));

  private static final Path OUTPUT = Path.of("/dev/stdout");
  private static final Path ERROR = Path.of("/dev/stderr");

  private OutputFile() {}

  /**
   * Replaces a regular file, whole or not at all, in the place that symbolic links lead to; writes
   * through to a device or a pipe.
   *
   * @throws NoSuchFileException naming the directory if there is none
   * @throws FileSystemException naming the file if it cannot be written
   */
  public static void write(Path file, byte[] bytes) throws IOException {
    Path target = file.toAbsolutePath();
    Path directory = Objects.requireNonNull(target.getParent(), "an absolute file has a parent");
    if (!Files.isDirectory(directory)) {
      throw new NoSuchFileException(directory.toString());
    }
    if (Files.isDirectory(target)) {
      throw new FileSystemException(file.toString(), null, "is a directory: name a file");
    }
    boolean open = OPEN_FILES.stream().anyMatch(target::startsWith);
    boolean special = Files.exists(target) && !Files.isRegularFile(target);
    // A link to nothing yet is written through too: that makes what it names.
    boolean dangling = Files.isSymbolicLink(target) && !Files.exists(target);
    if (open || special || dangling) {
      writeThrough(target, bytes);
    } else {
      WholeFile.write(Files.exists(target) ? target.toRealPath() : target, bytes);
    }
  }

  private static void writeThrough(Path target, byte[] bytes) throws IOException {
    try (OutputStream out = open(target)) {
      out.write(bytes);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw new FileSystemException(target.toString(), null, e.getMessage());
    }
  }

  @SuppressWarnings("resource") // The process's own streams stay open.
  private static OutputStream open(Path target) throws IOException {
    // Opened by its name, a redirected stream would be written to from its beginning.
    if (target.equals(OUTPUT)) {
      return unclosed(FileDescriptor.out);
    }
    if (target.equals(ERROR)) {
      return unclosed(FileDescriptor.err);
    }
    return Files.exists(target)
        ? Files.newOutputStream(target, StandardOpenOption.WRITE, StandardOpenOption.APPEND)
        : Files.newOutputStream(target);
  }

  private static OutputStream unclosed(FileDescriptor descriptor) {
    FileOutputStream stream = new FileOutputStream(descriptor);
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        stream.write(value);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        stream.write(bytes, offset, length);
      }
    };
  }
}
