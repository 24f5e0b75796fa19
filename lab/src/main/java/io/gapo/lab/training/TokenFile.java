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

  private TokenFile(Path path) throws IOException {
    this.path = path;
    this.file =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    this.out = new BufferedOutputStream(Channels.newOutputStream(file));
  }

  /** An empty one in the temporary directory. */
  static TokenFile create() throws IOException {
    return new TokenFile(Files.createTempFile("gapo-train", ".tokens"));
  }

  /**
   * Adds a row.
   *
   * @param length what {@link #length} says of it
   */
  void add(int[] row, int length) throws IOException {
    if (size == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * size);
      lengths = Arrays.copyOf(lengths, 2 * size);
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(row.length, Integer.BYTES));
    bytes.asIntBuffer().put(row);
    out.write(bytes.array());
    checksum.update(bytes.array());
    offsets[size] = end;
    lengths[size] = length;
    end += bytes.capacity();
    size++;
  }

  /** Makes the rows that were added readable. */
  void flush() throws IOException {
    out.flush();
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
