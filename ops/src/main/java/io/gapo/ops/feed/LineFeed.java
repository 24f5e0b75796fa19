package io.gapo.ops.feed;

import io.gapo.core.rollout.Prompt;
import io.gapo.ops.feed.PromptLine.Problem;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a file's rows and keeps count. Rows that are no prompts are reported, and so are those left
 * out on purpose; the others are fed nevertheless.
 */
public final class LineFeed {

  /** The longest row that is read. */
  public static final int MAX_LINE_BYTES = 15 << 20;

  private static final int MAX_IN_FLIGHT = 10_000;

  /** Where lines go; see {@link PromptFeeder#feed(Optional, byte[])}. */
  public interface Destination {
    CompletableFuture<Void> feed(Optional<String> key, byte[] value);
  }

  /** Hears how it goes; may be called on Kafka's threads, one call at a time. */
  public interface Listener {

    /** A row is not fed; if it is invalid and the feed is raw, it is fed nevertheless. */
    void skipped(long row, SkipReason reason, String detail);

    /** This many prompts are durable in the topic by now. */
    void accepted(long prompts);
  }

  /**
   * What becomes of rows on their way.
   *
   * @param reader empty feeds every line as it is: those that are no prompts too, and known ids
   * @param deduplicate feeds what asks the same only once a pass
   * @param heldOut takes its share before any is fed
   * @param limit of prompts chosen in a pass
   */
  public record Options(
      Optional<RowReader> reader, boolean deduplicate, HeldOut heldOut, long limit) {}

  /**
   * What became of a file's rows. After one pass without a limit the rows are those accepted, held
   * out and skipped.
   *
   * @param rows read in the first pass
   * @param accepted durable in the topic, of all passes
   * @param heldOut written aside
   * @param skipped by reason; among the accepted ones if the feed is raw
   */
  public record Report(long rows, long accepted, long heldOut, Map<SkipReason, Long> skipped) {
    public Report {
      skipped = Collections.unmodifiableMap(new EnumMap<>(skipped));
    }

    /** How many rows were skipped for a reason. */
    public long skipped(SkipReason reason) {
      return skipped.getOrDefault(reason, 0L);
    }

    /** How many rows are wrong. */
    public long invalid() {
      return skipped.entrySet().stream()
          .filter(entry -> entry.getKey().isInvalid())
          .mapToLong(Map.Entry::getValue)
          .sum();
    }
  }

  private final Destination destination;
  private final Options options;
  private final FedIds fedIds;
  private final Listener listener;
  private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
  private final Map<SkipReason, Long> skipped = new EnumMap<>(SkipReason.class);
  private long rows;
  private long accepted;
  private @Nullable Throwable failure;

  /**
   * @param fedIds those in the topic; asked by feeds that are not raw
   */
  public LineFeed(Destination destination, Options options, FedIds fedIds, Listener listener) {
    for (SkipReason reason : SkipReason.values()) {
      skipped.put(reason, 0L);
    }
    this.destination = destination;
    this.options = options;
    this.fedIds = fedIds;
    this.listener = listener;
  }

  /**
   * Feeds all rows and waits until they are durable. In a later pass over the same file the prompts
   * get ids of their own; what is wrong with rows was reported in the first.
   *
   * @param source stays the caller's
   * @param pass from 1
   * @return what became of the rows of all passes
   * @throws IOException if the source cannot be read
   * @throws FeedException if Kafka does not take a record for another reason than its size
   */
  public Report feed(RowSource source, int pass) throws IOException {
    Pass rest = new Pass(pass);
    Optional<Row> row = rest.isFull() ? Optional.empty() : source.next();
    while (row.isPresent() && failure() == null) {
      rest.feed(row.get());
      row = rest.isFull() ? Optional.empty() : source.next();
    }
    inFlight.acquireUninterruptibly(MAX_IN_FLIGHT);
    inFlight.release(MAX_IN_FLIGHT);
    Throwable cause = failure();
    if (cause != null) {
      throw new FeedException(report(), cause);
    }
    return report();
  }

  /** One pass over the rows. */
  private final class Pass {

    private final int pass;
    private final SeenTexts seen = new SeenTexts();
    private long chosen;

    Pass(int pass) {
      this.pass = pass;
    }

    boolean isFull() {
      return chosen >= options.limit();
    }

    void feed(Row row) throws IOException {
      if (options.reader().isEmpty()) {
        countRow();
        feedAsItIs(row);
      } else if (!row.isBlank()) {
        countRow();
        choose(row, options.reader().get().read(row));
      }
    }

    private void feedAsItIs(Row row) {
      PromptLine line = row.cut() ? RowReader.tooLong(row) : PromptLine.parse(row.bytes());
      line.problem().ifPresent(problem -> skip(row.number(), problem));
      if (!row.cut()) {
        chosen++;
        send(row.number(), line);
      }
    }

    private void choose(Row row, PromptLine line) throws IOException {
      Prompt prompt = line.prompt();
      if (prompt == null) {
        line.problem().ifPresent(problem -> skipOnce(row.number(), problem));
      } else if (options.deduplicate() && !seen.add(prompt)) {
        skipOnce(row.number(), new Problem(SkipReason.DUPLICATE, "an earlier row asks the same"));
      } else if (options.heldOut().takes(prompt)) {
        if (pass == 1) {
          options.heldOut().write(line.value());
        }
      } else {
        chosen++;
        feed(row.number(), line.inPass(pass));
      }
    }

    private void feed(long row, PromptLine line) {
      if (line.problem().isPresent()) {
        skip(row, line.problem().get());
      } else if (line.id().isPresent() && !fedIds.add(line.id().get())) {
        skip(
            row,
            new Problem(
                SkipReason.KNOWN_ID, "prompt id '%s' was fed before".formatted(line.id().get())));
      } else {
        send(row, line);
      }
    }

    private void countRow() {
      if (pass == 1) {
        rows++;
      }
    }

    private void skipOnce(long row, Problem problem) {
      if (pass == 1) {
        skip(row, problem);
      }
    }
  }

  private void send(long row, PromptLine line) {
    inFlight.acquireUninterruptibly();
    // Its outcome is counted where it completes.
    CompletableFuture<?> unused =
        destination
            .feed(line.id(), line.value())
            .whenComplete((done, failed) -> settle(row, failed));
  }

  private synchronized void settle(long row, @Nullable Throwable failed) {
    if (failed == null) {
      accepted++;
      listener.accepted(accepted);
    } else if (failed instanceof RecordTooLargeException) {
      skip(row, new Problem(SkipReason.REFUSED_BY_TOPIC, "larger than the topic allows"));
    } else if (failure == null) {
      failure = failed;
    }
    inFlight.release();
  }

  private synchronized void skip(long row, Problem problem) {
    skipped.merge(problem.reason(), 1L, Long::sum);
    listener.skipped(row, problem.reason(), problem.text());
  }

  private synchronized @Nullable Throwable failure() {
    return failure;
  }

  private synchronized Report report() {
    return new Report(rows, accepted, options.heldOut().written(), skipped);
  }
}
