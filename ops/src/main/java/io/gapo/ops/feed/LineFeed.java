package io.gapo.ops.feed;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a file with one JSON prompt a line and keeps count. Lines that are no prompts are reported,
 * and the others fed nevertheless.
 */
public final class LineFeed {

  /** The longest line that is read. */
  public static final int MAX_LINE_BYTES = 15 << 20;

  private static final int MAX_IN_FLIGHT = 10_000;

  /** Where lines go; see {@link PromptFeeder#feed(Optional, byte[])}. */
  public interface Destination {
    CompletableFuture<Void> feed(Optional<String> key, byte[] value);
  }

  /** Hears how it goes; may be called on Kafka's threads, one call at a time. */
  public interface Listener {

    /** A line is no prompt; it was fed nevertheless if the feed is raw. */
    void invalid(long line, String problem);

    /** This many lines are durable in the topic by now. */
    void accepted(long lines);
  }

  /**
   * What became of a file's lines.
   *
   * @param accepted durable in the topic
   * @param invalid no prompts; among the accepted ones if the feed is raw
   */
  public record Report(long accepted, long invalid) {}

  private final Destination destination;
  private final boolean raw;
  private final Listener listener;
  private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
  private long accepted;
  private long invalid;
  private @Nullable Throwable failure;

  /**
   * @param raw feeds lines that are no prompts too, as they are
   */
  public LineFeed(Destination destination, boolean raw, Listener listener) {
    this.destination = destination;
    this.raw = raw;
    this.listener = listener;
  }

  /**
   * Feeds all lines and waits until they are durable.
   *
   * @throws IOException if the input cannot be read
   * @throws FeedException if Kafka does not take a line for another reason than its size
   */
  public Report feed(InputStream input) throws IOException {
    InputLines lines = new InputLines(input, MAX_LINE_BYTES);
    Optional<InputLines.Line> line = lines.next();
    while (line.isPresent() && failure() == null) {
      feed(line.get());
      line = lines.next();
    }
    inFlight.acquireUninterruptibly(MAX_IN_FLIGHT);
    Throwable cause = failure();
    if (cause != null) {
      throw new FeedException(report(), cause);
    }
    return report();
  }

  private void feed(InputLines.Line line) {
    byte[] bytes = line.number() == 1 ? withoutByteOrderMark(line.bytes()) : line.bytes();
    if (line.cut()) {
      complain(line.number(), "longer than %s MiB".formatted(MAX_LINE_BYTES >> 20));
      return;
    }
    if (!raw && new String(bytes, StandardCharsets.ISO_8859_1).isBlank()) {
      return;
    }
    PromptLine prompt = PromptLine.parse(bytes);
    prompt.problem().ifPresent(problem -> complain(line.number(), problem));
    if (raw || prompt.problem().isEmpty()) {
      inFlight.acquireUninterruptibly();
      // Its outcome is counted where it completes.
      CompletableFuture<?> unused =
          destination
              .feed(prompt.id(), bytes)
              .whenComplete((done, failed) -> settle(line.number(), failed));
    }
  }

  private static byte[] withoutByteOrderMark(byte[] bytes) {
    boolean marked =
        bytes.length >= 3
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    return marked ? Arrays.copyOfRange(bytes, 3, bytes.length) : bytes;
  }

  private synchronized void settle(long line, @Nullable Throwable failed) {
    if (failed == null) {
      accepted++;
      listener.accepted(accepted);
    } else if (failed instanceof RecordTooLargeException) {
      complain(line, "larger than the topic allows");
    } else if (failure == null) {
      failure = failed;
    }
    inFlight.release();
  }

  private synchronized void complain(long line, String problem) {
    invalid++;
    listener.invalid(line, problem);
  }

  private synchronized @Nullable Throwable failure() {
    return failure;
  }

  private synchronized Report report() {
    return new Report(accepted, invalid);
  }
}
