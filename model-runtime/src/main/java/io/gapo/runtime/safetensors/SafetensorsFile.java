package io.gapo.runtime.safetensors;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.files.DurableFiles;
import io.gapo.runtime.files.ForeignFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors file: little-endian header length (8 bytes), JSON header, data.
 *
 * <p>Opening reads and checks the header only. The file must stay as it is while it is in use;
 * checkpoints are replaced by renaming, which leaves an open one untouched. Thread-safe.
 */
public final class SafetensorsFile implements AutoCloseable {

  /** The format's own limit. */
  static final long MAX_HEADER_BYTES = 100_000_000;

  private static final int LENGTH_BYTES = 8;

  /** What is held of each of two tensors at a time. */
  private static final int COMPARED_BYTES = 1 << 22;

  private final Path path;
  private final FileChannel channel;
  private final long dataStart;
  private final SafetensorsHeader header;

  private SafetensorsFile(
      Path path, FileChannel channel, long dataStart, SafetensorsHeader header) {
    this.path = path;
    this.channel = channel;
    this.dataStart = dataStart;
    this.header = header;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws MalformedCheckpointException if the file is incomplete or malformed
   * @throws UncheckedIOException if it cannot be read
   */
  public static SafetensorsFile open(Path path) {
    try {
      ForeignFile.requireRegular(path);
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      boolean opened = false;
      try {
        SafetensorsFile file = readHeader(path, channel);
        opened = true;
        return file;
      } finally {
        if (!opened) {
          channel.close();
        }
      }
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException(path + " does not exist", e);
    } catch (IOException e) {
      throw cannotRead(path, e);
    }
  }

  /** All tensors of a file, on the heap, as stored. */
  public static List<NamedTensor> readAll(Path path) {
    try (SafetensorsFile file = open(path)) {
      return file.names().stream().map(file::read).toList();
    }
  }

  /**
   * Writes tensors in the order given; atomic and durable, see {@link DurableFiles#replace}.
   *
   * @param metadata free text, for example {@code format=pt} which Hugging Face's readers expect
   */
  public static void write(Path path, List<NamedTensor> tensors, Map<String, String> metadata) {
    writePending(path, tensors.stream().map(PendingTensor::of).toList(), metadata);
  }

  /** Writes a file with one tensor at a time on the heap; see {@link #write}. */
  public static void writePending(
      Path path, List<PendingTensor> tensors, Map<String, String> metadata) {
    byte[] json = SafetensorsHeader.format(tensors, metadata);
    DurableFiles.replace(path, channel -> write(channel, json, tensors));
  }

  private static void write(FileChannel channel, byte[] json, List<PendingTensor> tensors)
      throws IOException {
    ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    DurableFiles.writeFully(channel, length.putLong(json.length).flip());
    DurableFiles.writeFully(channel, ByteBuffer.wrap(json));
    for (PendingTensor tensor : tensors) {
      DurableFiles.writeFully(channel, ByteBuffer.wrap(tensor.bytes()));
    }
  }

  private static SafetensorsFile readHeader(Path path, FileChannel channel) throws IOException {
    long fileBytes = channel.size();
    if (fileBytes < LENGTH_BYTES) {
      throw new MalformedCheckpointException(
          path, "%s bytes are too few for a safetensors file".formatted(fileBytes));
    }
    ByteBuffer start =
        ByteBuffer.allocate((int) Math.min(fileBytes, ForeignFormat.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, start, 0);
    long headerBytes = start.flip().getLong(0);
    long available = fileBytes - LENGTH_BYTES;
    if (headerBytes < 2 || headerBytes > Math.min(available, MAX_HEADER_BYTES)) {
      throw new MalformedCheckpointException(path, impossible(start, headerBytes, available));
    }
    ByteBuffer json = ByteBuffer.allocate(Math.toIntExact(headerBytes));
    readFully(channel, json, LENGTH_BYTES);
    SafetensorsHeader header = SafetensorsHeader.parse(path, json.array(), available - headerBytes);
    return new SafetensorsFile(path, channel, LENGTH_BYTES + headerBytes, header);
  }

  private static String impossible(ByteBuffer start, long headerBytes, long available) {
    if (headerBytes >= 2 && headerBytes <= MAX_HEADER_BYTES) {
      return "header length %s, but only %s bytes follow: cut short, download the file again"
          .formatted(headerBytes, available);
    }
    return ForeignFormat.of(start)
        .map(format -> "not a safetensors file but " + format.description())
        .orElse(
            "header length %s, expected 2 to %s: not a safetensors file"
                .formatted(Long.toUnsignedString(headerBytes), MAX_HEADER_BYTES));
  }

  /** The file, for messages. */
  public Path path() {
    return path;
  }

  /** Names of all tensors, in the header's order. */
  public Set<String> names() {
    return header.entries().keySet();
  }

  /** What the header says beside tensors. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** What the header says of a tensor. */
  public TensorEntry entry(String name) {
    @Nullable TensorEntry entry = header.entries().get(name);
    if (entry == null) {
      throw MalformedCheckpointException.inTensor(path, name, "is missing");
    }
    return entry;
  }

  /** A copy of a tensor on the heap, as stored. */
  public NamedTensor read(String name) {
    TensorEntry entry = entry(name);
    ByteBuffer data = ByteBuffer.allocate(arraySize(entry));
    try {
      readFully(channel, data, dataStart + entry.begin());
    } catch (IOException e) {
      throw cannotRead(path, e);
    }
    return new NamedTensor(name, dataType(entry), entry.shape(), data.array());
  }

  /** The element type of a tensor. */
  public DataType dataType(String name) {
    return dataType(entry(name));
  }

  /**
   * Checks that a tensor is of a type that models compute with.
   *
   * @throws MalformedCheckpointException if it is missing or of another type
   */
  public void requireReadable(String name) {
    dataType(entry(name));
  }

  /**
   * Reads some of a tensor's bytes, little-endian, until {@code into} is full. A mapping would stay
   * resident until the collector finds it, and a file that is cut short under it ends the process.
   *
   * @param first counted from the tensor's begin
   */
  public void read(String name, long first, ByteBuffer into) {
    TensorEntry entry = entry(name);
    long end = first + into.remaining();
    if (first < 0 || end > entry.size()) {
      throw new IndexOutOfBoundsException(
          "bytes %s to %s of tensor %s, which has %s".formatted(first, end, name, entry.size()));
    }
    try {
      readFully(channel, into, dataStart + entry.begin() + first);
    } catch (IOException e) {
      throw cannotRead(path, e);
    }
  }

  /** Whether two tensors agree in element type, shape and every byte. */
  public boolean sameTensor(String name, SafetensorsFile other, String otherName) {
    TensorEntry one = entry(name);
    TensorEntry two = other.entry(otherName);
    if (!one.dataType().equals(two.dataType()) || !Arrays.equals(one.shape(), two.shape())) {
      return false;
    }
    for (long at = 0; at < one.size(); at += COMPARED_BYTES) {
      int length = (int) Math.min(COMPARED_BYTES, one.size() - at);
      ByteBuffer left = ByteBuffer.allocate(length);
      ByteBuffer right = ByteBuffer.allocate(length);
      read(name, at, left);
      other.read(otherName, at, right);
      if (!Arrays.equals(left.array(), right.array())) {
        return false;
      }
    }
    return true;
  }

  private DataType dataType(TensorEntry entry) {
    return switch (entry.dataType()) {
      case "F32" -> DataType.F32;
      case "BF16" -> DataType.BF16;
      case "F16" -> DataType.F16;
      default ->
          throw MalformedCheckpointException.inTensor(
              path,
              entry.name(),
              "is in %s, expected F32, BF16 or F16".formatted(entry.dataType()));
    };
  }

  private int arraySize(TensorEntry entry) {
    if (entry.size() > Integer.MAX_VALUE - 8) {
      throw MalformedCheckpointException.inTensor(
          path,
          entry.name(),
          "has %s bytes, more than a copy on the heap holds".formatted(entry.size()));
    }
    return (int) entry.size();
  }

  private static void readFully(FileChannel channel, ByteBuffer into, long position)
      throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int read = channel.read(into, at);
      if (read < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
      at += read;
    }
  }

  private static UncheckedIOException cannotRead(Path path, IOException cause) {
    return new UncheckedIOException("cannot read " + path + ": " + cause.getMessage(), cause);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + path, e);
    }
  }
}
