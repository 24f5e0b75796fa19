package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Every run by itself. */
final class RunSection {

  private RunSection() {}

  static Html of(ComparisonResults results) {
    Set<String> measures = new LinkedHashSet<>();
    results.runs().forEach(run -> measures.addAll(run.measures().keySet()));
    List<String> header = new ArrayList<>(List.of("run", "seed", "steps", "time"));
    header.addAll(measures);
    HtmlTable table =
        new HtmlTable("Every run: mean ± standard error over held-out prompts", header);
    for (MethodRow row : MethodRow.of(results)) {
      for (RunResult run : row.runs()) {
        List<Html> cells = new ArrayList<>();
        cells.add(HtmlTable.cell(String.valueOf(run.seed())));
        cells.add(HtmlTable.cell(String.valueOf(run.steps().size())));
        cells.add(HtmlTable.cell(Figures.duration(run.seconds())));
        measures.forEach(name -> cells.add(cell(run, name)));
        table.addRow(row.name(), cells);
      }
    }
    Html all = Html.all(Html.text("Every run").in("summary"), table.html()).in("details");
    return Html.all(Html.text("Runs").in("h2"), all).in("section");
  }

  private static Html cell(RunResult run, String name) {
    Measure measure = run.measures().get(name);
    return HtmlTable.cell(
        measure == null
            ? Figures.UNKNOWN
            : Figures.fixed(measure.mean(), 3) + " ± " + Figures.fixed(measure.standardError(), 3));
  }
}
