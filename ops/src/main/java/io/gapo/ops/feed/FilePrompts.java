package io.gapo.ops.feed;

import io.gapo.core.rollout.Prompt;
import io.gapo.ops.feed.PromptLine.Problem;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The prompts of a file as {@code gapo feed} reads them, one at a time in memory. Not thread-safe.
 */
public final class FilePrompts implements Closeable {

  private final Path file;
  private final FirstRows rows;
  private final RowReader reader;
  private boolean hasRows;

  private FilePrompts(Path file, FirstRows rows, RowReader reader) {
    this.file = file;
    this.rows = rows;
    this.reader = reader;
  }

  /**
   * A row that is not blank.
   *
   * @param number from 1; blank ones count
   * @param prompt empty if the row is none
   * @param problem why it is none, else empty
   */
  public record Entry(long number, Optional<Prompt> prompt, String problem) {}

  /**
   * Opens a file at its first row.
   *
   * @param decided is told of the format, if the first rows had to decide it
   * @throws IOException if it cannot be read
   */
  public static FilePrompts open(Path file, RowShape shape, Consumer<FormatDetection> decided)
      throws IOException {
    FirstRows rows = new FirstRows(new PromptFile(file).open(shape.columns()));
    boolean opened = false;
    try {
      FilePrompts prompts = new FilePrompts(file, rows, shape.reader(rows, decided));
      opened = true;
      return prompts;
    } finally {
      if (!opened) {
        rows.close();
      }
    }
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /**
   * The next row; empty at the end of the file.
   *
   * @throws UnreadableFileException if the file has none at all
   * @throws IOException if the file cannot be read further
   */
  public Optional<Entry> next() throws IOException {
    Optional<Row> row = rows.next();
    while (row.isPresent() && row.get().isBlank()) {
      row = rows.next();
    }
    if (row.isEmpty() && !hasRows) {
      throw UnreadableFileException.withoutRows(file.toString());
    }
    hasRows = true;
    return row.map(this::entry);
  }

  private Entry entry(Row row) {
    PromptLine line = reader.read(row);
    return new Entry(
        row.number(),
        Optional.ofNullable(line.prompt()),
        line.problem().map(Problem::text).orElse(""));
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
