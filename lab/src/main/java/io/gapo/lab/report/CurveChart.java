package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Curves over training steps. */
final class CurveChart {

  /** Markers on each curve: enough to tell curves apart, few enough to see them. */
  private static final int MARKERS = 6;

  /** Room above and below the curves, as a part of their range. */
  private static final double MARGIN = 0.05;

  /** Rows of the table; results.json has every step. */
  private static final int ROWS = 20;

  private static final int DECIMALS = 3;

  private CurveChart() {}

  /**
   * Draws.
   *
   * @param steps that each curve has a mean for, rising
   * @param curves at least one, each with points
   * @param yTitle what is drawn, with its unit
   */
  static Chart of(List<Long> steps, List<Curve> curves, String name, String title, String yTitle) {
    List<Curve> marked = new ArrayList<>();
    for (int i = 0; i < curves.size(); i++) {
      marked.add(curves.get(i).marked(MARKERS, (double) i / curves.size()));
    }
    Axis x = new Axis("step", 0, steps.get(steps.size() - 1));
    Axis y = Axis.around(yTitle, curves.stream().flatMapToDouble(CurveChart::reach), MARGIN);
    return new Chart(
        name,
        title,
        description(curves, yTitle),
        curves.stream().map(curve -> new Chart.Key(curve.name(), curve.style(), true)).toList(),
        table(steps, curves, title),
        new Drawing.Curves(x, y, steps, marked));
  }

  /** The curve with its band. */
  private static DoubleStream reach(Curve curve) {
    return IntStream.range(0, curve.mean().size())
        .mapToObj(i -> new double[] {curve.mean().get(i), curve.error().get(i)})
        .flatMapToDouble(at -> DoubleStream.of(at[0], at[0] - at[1], at[0] + at[1]));
  }

  private static String description(List<Curve> curves, String yTitle) {
    return curves.stream()
        .map(curve -> curve.name() + " ends at " + Figures.fixed(curve.last(), 2))
        .collect(Collectors.joining("; ", "Lines of " + yTitle + " over training steps. ", "."));
  }

  private static Table table(List<Long> steps, List<Curve> curves, String title) {
    List<String> header = new ArrayList<>(List.of("step"));
    curves.forEach(curve -> header.add(curve.name()));
    int every = (steps.size() + ROWS - 1) / ROWS;
    List<Table.Row> rows = new ArrayList<>();
    for (int i = (steps.size() - 1) % every; i < steps.size(); i += every) {
      int at = i;
      rows.add(
          new Table.Row(
              String.valueOf(steps.get(at)), curves.stream().map(each -> cell(each, at)).toList()));
    }
    return new Table(
        title + ": mean ± standard error over seeds" + (every > 1 ? ", some of the steps" : ""),
        header,
        rows);
  }

  private static Table.Cell cell(Curve curve, int at) {
    double error = curve.error().get(at);
    return new Table.Cell(
        Figures.fixed(curve.mean().get(at), DECIMALS),
        Double.isFinite(error) ? " ± " + Figures.fixed(error, DECIMALS) : "",
        false);
  }
}
