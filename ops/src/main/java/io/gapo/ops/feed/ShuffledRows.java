package io.gapo.ops.feed;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * All rows of a source in random order, every order equally likely (Fisher-Yates); the seed alone
 * decides. The rows lie in a temporary file meanwhile, and 8 bytes for each in memory.
 */
public final class ShuffledRows implements RowSource {

  private static final int FIRST_ROWS = 1024;

  private final Path spool;
  private final RandomAccessFile file;
  private final long[] offsets;
  private int next;

  private ShuffledRows(Path spool, RandomAccessFile file, long[] offsets) {
    this.spool = spool;
    this.file = file;
    this.offsets = offsets;
  }

  /**
   * Reads a source to its end and closes it.
   *
   * @throws IOException if it cannot be read, or the temporary directory lacks the space
   */
  public static ShuffledRows of(RowSource source, long seed) throws IOException {
    Path spool = Files.createTempFile("gapo-feed", ".rows");
    try {
      long[] offsets = write(source, spool);
      SplittableRandom random = new SplittableRandom(seed);
      for (int i = offsets.length - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        long swapped = offsets[i];
        offsets[i] = offsets[other];
        offsets[other] = swapped;
      }
      return new ShuffledRows(spool, new RandomAccessFile(spool.toFile(), "r"), offsets);
    } catch (IOException e) {
      Files.deleteIfExists(spool);
      throw e;
    }
  }

  private static long[] write(RowSource source, Path spool) throws IOException {
    long[] offsets = new long[FIRST_ROWS];
    int count = 0;
    long offset = 0;
    try (RowSource rows = source;
        DataOutputStream out =
            new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(spool)))) {
      for (Optional<Row> row = rows.next(); row.isPresent(); row = rows.next()) {
        if (count == offsets.length) {
          offsets = Arrays.copyOf(offsets, 2 * count);
        }
        offsets[count++] = offset;
        byte[] bytes = row.get().bytes();
        out.writeLong(row.get().number());
        out.writeBoolean(row.get().cut());
        out.writeInt(bytes.length);
        out.write(bytes);
        offset += Long.BYTES + 1 + Integer.BYTES + bytes.length;
      }
    }
    return Arrays.copyOf(offsets, count);
  }

  @Override
  public Optional<Row> next() throws IOException {
    if (next == offsets.length) {
      return Optional.empty();
    }
    file.seek(offsets[next++]);
    long number = file.readLong();
    boolean cut = file.readBoolean();
    byte[] bytes = new byte[file.readInt()];
    file.readFully(bytes);
    return Optional.of(new Row(number, bytes, cut));
  }

  @Override
  public void close() throws IOException {
    try {
      file.close();
    } finally {
      Files.deleteIfExists(spool);
    }
  }
}
