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
 * and so are prompts whose ids were fed before; the others are fed nevertheless.
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

    /** A line's id was fed before, so the line was left out. */
    void known(long line, String id);

    /** This many lines are durable in the topic by now. */
    void accepted(long lines);
  }

  /**
   * What became of a file's lines.
   *
   * @param accepted durable in the topic
   * @param invalid no prompts; among the accepted ones if the feed is raw
   * @param known left out, since their ids were fed before
   */
  public record Report(long accepted, long invalid, long known) {}

  private final Destination destination;
  private final boolean raw;
  private final FedIds fedIds;
  private final Listener listener;
  private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
  private long accepted;
  private long invalid;
  private long known;
  private @Nullable Throwable failure;

  /**
   * @param raw feeds every line as it is: those that are no prompts too, and known ids
   * @param fedIds those in the topic; asked by feeds that are not raw
   */
  public LineFeed(Destination destination, boolean raw, FedIds fedIds, Listener listener) {
    this.destination = destination;
    this.raw = raw;
    this.fedIds = fedIds;
    this.listener = listener;
  }

  /**
   * Feeds all lines and waits until they are durable. In a later pass over the same file the
   * prompts get ids of their own; what is wrong with lines was reported in the first.
   *
   * @param pass from 1
   * @return what became of the lines of all passes
   * @throws IOException if the input cannot be read
   * @throws FeedException if Kafka does not take a line for another reason than its size
   */
  public Report feed(InputStream input, int pass) throws IOException {
    InputLines lines = new InputLines(input, MAX_LINE_BYTES);
    Optional<InputLines.Line> line = lines.next();
    while (line.isPresent() && failure() == null) {
      feed(line.get(), pass);
      line = lines.next();
    }
    inFlight.acquireUninterruptibly(MAX_IN_FLIGHT);
    inFlight.release(MAX_IN_FLIGHT);
    Throwable cause = failure();
    if (cause != null) {
      throw new FeedException(report(), cause);
    }
    return report();
  }

  private void feed(InputLines.Line line, int pass) {
    byte[] bytes = line.number() == 1 ? withoutByteOrderMark(line.bytes()) : line.bytes();
    if (!line.cut() && !raw && new String(bytes, StandardCharsets.ISO_8859_1).isBlank()) {
      return;
    }
    PromptLine written =
        line.cut()
            ? PromptLine.withProblem("longer than %s MiB".formatted(MAX_LINE_BYTES >> 20))
            : PromptLine.parse(bytes);
    if (pass > 1 && written.problem().isPresent()) {
      return;
    }
    PromptLine prompt = written.inPass(pass);
    prompt.problem().ifPresent(problem -> complain(line.number(), problem));
    if (raw ? !line.cut() : prompt.problem().isEmpty() && isNew(line.number(), prompt)) {
      send(line.number(), prompt);
    }
  }

  private boolean isNew(long line, PromptLine prompt) {
    if (prompt.id().isEmpty() || fedIds.add(prompt.id().get())) {
      return true;
    }
    leaveOut(line, prompt.id().get());
    return false;
  }

  private void send(long line, PromptLine prompt) {
    inFlight.acquireUninterruptibly();
    // Its outcome is counted where it completes.
    CompletableFuture<?> unused =
        destination
            .feed(prompt.id(), prompt.value())
            .whenComplete((done, failed) -> settle(line, failed));
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

  private synchronized void leaveOut(long line, String id) {
    known++;
    listener.known(line, id);
  }

  private synchronized @Nullable Throwable failure() {
    return failure;
  }

  private synchronized Report report() {
    return new Report(accepted, invalid, known);
  }
}
