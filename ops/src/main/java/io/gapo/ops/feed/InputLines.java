package io.gapo.ops.feed;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** Cuts a stream of bytes into lines, whatever they contain, with bounded memory. */
public final class InputLines implements RowSource {

  private final InputStream input;
  private final int maxBytes;
  private long number;

  /** Lines of at most {@link LineFeed#MAX_LINE_BYTES}. */
  public InputLines(InputStream input) {
    this(input, LineFeed.MAX_LINE_BYTES);
  }

  /**
   * @param input buffered; closed with the lines
   * @param maxBytes of a line; what goes beyond is dropped
   */
  InputLines(InputStream input, int maxBytes) {
    this.input = input;
    this.maxBytes = maxBytes;
  }

  @Override
  public Optional<Row> next() throws IOException {
    int first = input.read();
    if (first < 0) {
      return Optional.empty();
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean cut = false;
    for (int value = first; value >= 0 && value != '\n'; value = input.read()) {
      if (line.size() < maxBytes) {
        line.write(value);
      } else {
        cut = true;
      }
    }
    number++;
    byte[] bytes = line.toByteArray();
    return Optional.of(new Row(number, number == 1 ? withoutByteOrderMark(bytes) : bytes, cut));
  }

  private static byte[] withoutByteOrderMark(byte[] bytes) {
    boolean marked =
        bytes.length >= 3
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    return marked ? Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
  }

  @Override
  public void close() throws IOException {
    input.close();
  }
}
