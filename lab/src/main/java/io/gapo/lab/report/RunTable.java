package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Every run by itself. */
final class RunTable {

  private RunTable() {}

  static Table of(ComparisonResults results) {
    Set<String> measures = new LinkedHashSet<>();
    results.runs().forEach(run -> measures.addAll(run.measures().keySet()));
    List<String> header = new ArrayList<>(List.of("run", "seed", "steps", "time"));
    header.addAll(measures);
    List<Table.Row> rows = new ArrayList<>();
    for (MethodRow row : MethodRow.of(results)) {
      for (RunResult run : row.runs()) {
        List<Table.Cell> cells = new ArrayList<>();
        cells.add(Table.Cell.of(String.valueOf(run.seed())));
        cells.add(Table.Cell.of(String.valueOf(run.steps().size())));
        cells.add(Table.Cell.of(Figures.duration(run.seconds())));
        measures.forEach(name -> cells.add(cell(run, name)));
        rows.add(new Table.Row(row.name(), cells));
      }
    }
    return new Table("Every run: mean ± standard error over held-out prompts", header, rows);
  }

  private static Table.Cell cell(RunResult run, String name) {
    Measure measure = run.measures().get(name);
    return measure == null
        ? Table.Cell.of(Figures.UNKNOWN)
        : new Table.Cell(
            Figures.fixed(measure.mean(), 3),
            " ± " + Figures.fixed(measure.standardError(), 3),
            false);
  }
}
