package io.gapo.ops.feed;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** The rows of a file of prompts, one after another, with bounded memory. Not thread-safe. */
public interface RowSource extends Closeable {

  /**
   * The next row; empty at the end of the file.
   *
   * @throws IOException if the file cannot be read further
   */
  Optional<Row> next() throws IOException;

  /** Columns that the file has, where it says so ahead of its rows. */
  default Set<String> columns() {
    return Set.of();
  }
}
