package io.gapo.ops.feed;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Rows whose first ones can be looked at before they are read. Not thread-safe. */
public final class FirstRows implements RowSource {

  private static final int MAX_ROWS = 100;
  private static final long MAX_BYTES = 16L << 20;

  private final RowSource rows;
  private final Deque<Row> ahead = new ArrayDeque<>();

  /**
   * @param rows closed with these
   */
  public FirstRows(RowSource rows) {
    this.rows = rows;
  }

  /** Up to 100 rows that are next, fewer if they are long. */
  public List<Row> peek() throws IOException {
    long bytes = 0;
    while (ahead.size() < MAX_ROWS && bytes < MAX_BYTES) {
      Optional<Row> row = rows.next();
      if (row.isEmpty()) {
        break;
      }
      ahead.add(row.get());
      bytes += row.get().bytes().length;
    }
    return new ArrayList<>(ahead);
  }

  @Override
  public Optional<Row> next() throws IOException {
    Row row = ahead.poll();
    return row != null ? Optional.of(row) : rows.next();
  }

  @Override
  public Set<String> columns() {
    return rows.columns();
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
