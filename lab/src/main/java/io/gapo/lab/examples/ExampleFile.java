package io.gapo.lab.examples;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.lab.training.ExampleProblem;
import io.gapo.lab.training.ExampleSource;
import io.gapo.ops.feed.HeldOutShare;
import io.gapo.ops.feed.LineFeed;
import io.gapo.ops.feed.PromptFile;
import io.gapo.ops.feed.Row;
import io.gapo.ops.feed.RowJson;
import io.gapo.ops.feed.RowSource;
import io.gapo.streams.codec.MalformedRecordException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The examples of a file, JSON lines in gzip or not, or Parquet, one row at a time in memory. Of
 * what is held out at most some examples are told, the first ones; none is trained on.
 *
 * @param <E> an example
 */
public final class ExampleFile<E> implements ExampleSource<E> {

  private final Path path;
  private final ExampleReader<E> reader;
  private final HeldOutShare heldOut;
  private final long maxHeldOut;
  private final Listener listener;

  /** Is told of the rows that are no examples to train on. */
  public interface Listener {

    /** A row was read, whatever it is. */
    void row();

    /** A row is no example. */
    void skipped(long row, ExampleProblem problem, String detail);

    /** A row is held out, and not measured on either. */
    void setAside(long row);
  }

  /**
   * @param maxHeldOut examples that are measured on
   */
  public ExampleFile(
      Path path,
      ExampleReader<E> reader,
      HeldOutShare heldOut,
      long maxHeldOut,
      Listener listener) {
    this.path = path;
    this.reader = reader;
    this.heldOut = heldOut;
    this.maxHeldOut = maxHeldOut;
    this.listener = listener;
  }

  @Override
  public void tell(Receiver<E> receiver) throws IOException {
    long measured = 0;
    try (RowSource rows = new PromptFile(path).open(reader.columns())) {
      for (Optional<Row> row = rows.next(); row.isPresent(); row = rows.next()) {
        Optional<E> example = row.get().isBlank() ? Optional.empty() : read(row.get());
        if (example.isPresent()) {
          long number = row.get().number();
          boolean isHeldOut = heldOut.takes(reader.textDigest(example.get()));
          if (isHeldOut && measured == maxHeldOut) {
            listener.setAside(number);
          } else {
            measured += isHeldOut ? 1 : 0;
            receiver.example(number, example.get(), isHeldOut);
          }
        }
      }
    }
  }

  private Optional<E> read(Row row) {
    listener.row();
    if (row.cut()) {
      listener.skipped(
          row.number(),
          ExampleProblem.TOO_LONG,
          "longer than %s MiB".formatted(LineFeed.MAX_LINE_BYTES >> 20));
      return Optional.empty();
    }
    Optional<ObjectNode> object = RowJson.read(row.bytes());
    if (object.isEmpty()) {
      listener.skipped(row.number(), ExampleProblem.NOT_JSON, "not a JSON object");
      return Optional.empty();
    }
    try {
      return Optional.of(reader.read(object.get()));
    } catch (MalformedRecordException e) {
      listener.skipped(row.number(), ExampleProblem.NO_EXAMPLE, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }
}
