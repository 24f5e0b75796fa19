package io.gapo.lab.report;

import java.util.List;
import java.util.Optional;

/**
 * A table of the page.
 *
 * @param header one name a column, that of the rows' names included
 */
record Table(String caption, List<String> header, List<Row> rows) {

  Table {
    header = List.copyOf(header);
    rows = List.copyOf(rows);
    for (Row row : rows) {
      if (row.cells().size() != header.size() - 1) {
        throw new IllegalArgumentException(
            "row '%s' of '%s' has %s cells for %s columns"
                .formatted(row.name(), caption, row.cells().size(), header.size() - 1));
      }
    }
  }

  /**
   * A row.
   *
   * @param name its header
   */
  record Row(String name, List<Cell> cells) {

    Row {
      cells = List.copyOf(cells);
    }
  }

  /**
   * A figure as it is written.
   *
   * @param error with its sign; empty if there is none to tell
   * @param best of its column
   */
  record Cell(String figure, String error, boolean best) {

    static Cell of(String text) {
      return new Cell(text, "", false);
    }

    /** A mean and its standard error. */
    static Cell of(Optional<SeedEstimate> estimate, Column.Unit unit, boolean best) {
      return estimate
          .map(
              found -> new Cell(Figures.mean(found.mean(), unit), " ± " + error(found, unit), best))
          .orElseGet(() -> of(Figures.UNKNOWN));
    }

    private static String error(SeedEstimate estimate, Column.Unit unit) {
      return estimate.standardError().isPresent()
          ? Figures.error(estimate.standardError().getAsDouble(), unit)
          : Figures.UNKNOWN;
    }
  }
}
