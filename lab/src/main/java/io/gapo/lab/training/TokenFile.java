package io.gapo.lab.training;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Rows of numbers in a temporary file, to be read in any order: 12 bytes for each are in memory.
 * The file is deleted even if the process is killed, where the system can delete one that is open.
 * Not thread-safe.
 */
final class TokenFile implements AutoCloseable {

  private static final int FIRST_ROWS = 1024;

  private final Path path;
  private final FileChannel file;
  private final OutputStream out;
  private final CRC32C checksum = new CRC32C();
  private long[] offsets = new long[FIRST_ROWS];
  private int[] lengths = new int[FIRST_ROWS];
  private long end;
  private int size;

  /**
   * An empty one.
   *
   * @param path for messages
   * @param file that is written to, closed with this
   */
  TokenFile(Path path, FileChannel file) {
    this.path = path;
    this.file = file;
    this.out = new BufferedOutputStream(Channels.newOutputStream(file));
  }

  /** An empty one in the temporary directory. */
  static TokenFile create() throws IOException {
    Path path = Files.createTempFile("gapo-train", ".tokens");
    return new TokenFile(
        path,
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE));
  }

  /**
   * Adds a row.
   *
   * @param length what {@link #length} says of it
   * @throws UncheckedIOException if it cannot be written, as where the disk is full
   */
  void add(int[] row, int length) {
    if (size == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * size);
      lengths = Arrays.copyOf(lengths, 2 * size);
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(row.length, Integer.BYTES));
    bytes.asIntBuffer().put(row);
    try {
      out.write(bytes.array());
    } catch (IOException e) {
      throw notWritten(e);
    }
    checksum.update(bytes.array());
    offsets[size] = end;
    lengths[size] = length;
    end += bytes.capacity();
    size++;
  }

  /**
   * Makes the rows that were added readable.
   *
   * @throws UncheckedIOException as for {@link #add}
   */
  void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw notWritten(e);
    }
  }

  private UncheckedIOException notWritten(IOException e) {
    return new UncheckedIOException(
        "cannot write the examples' tokens to %s: %s; make space there, or name another directory with"
                .formatted(path, e.getMessage())
            + " -Djava.io.tmpdir in GAPO_JAVA_OPTS",
        e);
  }

  int size() {
    return size;
  }

  int length(int index) {
    return lengths[index];
  }

  /** The checksum of all rows, which other rows or another order would not have. */
  long checksum() {
    return checksum.getValue();
  }

  int[] get(int index) {
    long next = index + 1 < size ? offsets[index + 1] : end;
    ByteBuffer bytes = ByteBuffer.allocate((int) (next - offsets[index]));
    try {
      while (bytes.hasRemaining()) {
        if (file.read(bytes, offsets[index] + bytes.position()) < 0) {
          throw new EOFException("it was cut short");
        }
      }
      int[] row = new int[bytes.capacity() / Integer.BYTES];
      bytes.flip().asIntBuffer().get(row);
      return row;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete %s: %s".formatted(path, e.getMessage()), e);
    }
  }
}
