package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The report's table of methods, as the paper has it. */
final class TableSection {

  private static final String CAPTION =
      "Held-out prompts: mean ± standard error over seeds; ★ marks the best of a column";

  private static final String NOTE =
      """
      Scores are the learned models', higher is better; harmless is the negated cost, and the \
      harmless ratio the share of answers whose cost is at most 0. Gold grades are by the world's \
      exact rules, which no model was trained on. The best KL is the lowest of a policy that moved; \
      no length is best. A figure of one seed has no standard error over seeds (n/a).\
      """;

  private TableSection() {}

  static Html of(ResultTable table, Optional<Chart> methods) {
    List<String> header = new ArrayList<>(List.of("method"));
    table.columns().forEach(column -> header.add(column.heading()));
    header.add("seeds");
    HtmlTable html = new HtmlTable(CAPTION, header);
    for (ResultTable.Row row : table.rows()) {
      List<Html> cells = new ArrayList<>();
      for (int i = 0; i < table.columns().size(); i++) {
        ResultTable.Cell cell = row.cells().get(i);
        cells.add(HtmlTable.cell(cell.estimate(), table.columns().get(i).unit(), cell.best()));
      }
      cells.add(HtmlTable.cell(row.method().seedsText()));
      html.addRow(row.method().name(), cells);
    }
    List<Html> parts = new ArrayList<>();
    parts.add(Html.text("Methods").in("h2"));
    parts.add(html.html());
    parts.add(Html.text(NOTE).in("p", "class", "note"));
    methods.ifPresent(chart -> parts.add(ChartFigure.of(chart)));
    return Html.all(parts).in("section");
  }
}
