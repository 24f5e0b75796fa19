package io.gapo.ops.feed;

import io.gapo.core.rollout.Prompt;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A share of the prompts that is not fed but written aside, a JSON prompt a line. The hash of what
 * is asked decides: a text is held out in every file, in every pass and in every run, or in none.
 */
public final class HeldOut implements Closeable {

  private static final double HASHES = 0x1p64;

  private final double share;
  private final OutputStream file;
  private long written;

  private HeldOut(double share, OutputStream file) {
    this.share = share;
    this.file = file;
  }

  /** Holds nothing out. */
  public static HeldOut nothing() {
    return new HeldOut(0, OutputStream.nullOutputStream());
  }

  /**
   * Writes a share of the prompts to a file.
   *
   * @param share of the texts, from 0 to 1
   */
  public static HeldOut to(Path file, double share) throws IOException {
    return new HeldOut(share, new BufferedOutputStream(Files.newOutputStream(file)));
  }

  boolean takes(Prompt prompt) {
    // A long is signed: half the hashes are negative.
    long digest = Long.parseUnsignedLong(prompt.textDigest(), 16);
    double place = (digest >>> 1) * 2.0 / HASHES;
    return place < share;
  }

  void write(byte[] line) throws IOException {
    int end = line.length;
    while (end > 0 && line[end - 1] == '\r') {
      end--;
    }
    file.write(Arrays.copyOf(line, end));
    file.write('\n');
    written++;
  }

  /** How many prompts were written. */
  long written() {
    return written;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
