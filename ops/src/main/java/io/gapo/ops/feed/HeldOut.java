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
 * A share of the prompts that is not fed but written aside, a JSON prompt a line; {@link
 * HeldOutShare} decides.
 */
public final class HeldOut implements Closeable {

  private final HeldOutShare share;
  private final OutputStream file;
  private long written;

  private HeldOut(HeldOutShare share, OutputStream file) {
    this.share = share;
    this.file = file;
  }

  /** Holds nothing out. */
  public static HeldOut nothing() {
    return new HeldOut(new HeldOutShare(0), OutputStream.nullOutputStream());
  }

  /**
   * Writes a share of the prompts to a file.
   *
   * @param share of the texts, from 0 to 1
   */
  public static HeldOut to(Path file, double share) throws IOException {
    return new HeldOut(
        new HeldOutShare(share), new BufferedOutputStream(Files.newOutputStream(file)));
  }

  boolean takes(Prompt prompt) {
    return share.takes(prompt.textDigest());
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
