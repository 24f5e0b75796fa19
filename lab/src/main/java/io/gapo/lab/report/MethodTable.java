package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.List;

/** The table of methods, as the paper has it. */
final class MethodTable {

  private static final String CAPTION =
      "Held-out prompts: mean ± standard error over seeds; ★ marks the best of a column";

  private MethodTable() {}

  static Table of(ResultTable table) {
    List<String> header = new ArrayList<>(List.of("method"));
    table.columns().forEach(column -> header.add(column.heading()));
    header.add("seeds");
    List<Table.Row> rows = new ArrayList<>();
    for (ResultTable.Row row : table.rows()) {
      List<Table.Cell> cells = new ArrayList<>();
      for (int i = 0; i < table.columns().size(); i++) {
        ResultTable.Cell cell = row.cells().get(i);
        cells.add(Table.Cell.of(cell.estimate(), table.columns().get(i).unit(), cell.best()));
      }
      cells.add(Table.Cell.of(row.method().seedsText()));
      rows.add(new Table.Row(row.method().name(), cells));
    }
    return new Table(CAPTION, header, rows);
  }
}
