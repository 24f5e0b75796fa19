package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;

/** Curves over training steps. */
final class CurveChart {

  /** Markers on each curve: enough to tell curves apart, few enough to see them. */
  private static final int MARKERS = 6;

  private CurveChart() {}

  /**
   * Draws.
   *
   * @param curves at least one with points
   * @param name of the file
   * @param yTitle what is drawn, with its unit
   */
  static Chart of(List<Curve> curves, String name, String title, String yTitle) {
    XYChart chart = ChartFrame.empty("step", yTitle);
    for (int i = 0; i < curves.size(); i++) {
      add(chart, curves.get(i), i * MARKERS, curves.size() * MARKERS);
    }
    double[] all =
        curves.stream()
            .flatMapToDouble(curve -> curve.y().stream().mapToDouble(y -> y))
            .filter(Double::isFinite)
            .toArray();
    widenIfFlat(chart, all);
    double end =
        curves.stream()
            .flatMap(curve -> curve.x().stream())
            .mapToDouble(x -> x)
            .max()
            .orElseThrow();
    chart.getStyler().setXAxisMin(0.0).setXAxisMax(end).setXAxisDecimalPattern("0.#");
    return ChartSvg.of(chart, name, title, description(curves, yTitle));
  }

  /** The curve's markers are shifted against those of others, so that equal curves both show. */
  private static void add(XYChart chart, Curve curve, int shift, int shifts) {
    double[] x = curve.x().stream().mapToDouble(each -> each).toArray();
    double[] y = curve.y().stream().mapToDouble(each -> each).toArray();
    ChartFrame.addLine(chart, "line of " + curve.name(), curve.style(), x, y);
    int gap = Math.max(1, x.length / MARKERS);
    List<Point> marked = new ArrayList<>();
    for (int i = gap * shift / shifts; i < x.length; i += gap) {
      if (Double.isFinite(y[i])) {
        marked.add(new Point(x[i], y[i]));
      }
    }
    if (marked.isEmpty()) {
      int first = curve.firstPoint();
      marked.add(new Point(x[first], y[first]));
    }
    addMarkers(chart, curve, marked);
  }

  /** Without lines between: each point is followed by a gap. The legend shows line and marker. */
  private static void addMarkers(XYChart chart, Curve curve, List<Point> points) {
    double[] x = new double[2 * points.size()];
    double[] y = new double[2 * points.size()];
    for (int i = 0; i < points.size(); i++) {
      x[2 * i] = points.get(i).first();
      y[2 * i] = points.get(i).second();
      x[2 * i + 1] = x[2 * i] + 0.5;
      y[2 * i + 1] = Double.NaN;
    }
    ChartFrame.add(chart, curve.name(), curve.style(), x, y);
  }

  private static void widenIfFlat(XYChart chart, double[] values) {
    double min = DoubleStream.of(values).min().orElseThrow();
    double max = DoubleStream.of(values).max().orElseThrow();
    if (max - min < 1e-9 * Math.max(1, Math.abs(max))) {
      chart.getStyler().setYAxisMin(min - 0.5).setYAxisMax(max + 0.5);
    }
  }

  private static String description(List<Curve> curves, String yTitle) {
    return curves.stream()
        .map(curve -> curve.name() + " ends at " + last(curve))
        .collect(Collectors.joining("; ", "Lines of " + yTitle + " over training steps. ", "."));
  }

  private static String last(Curve curve) {
    OptionalDouble last =
        curve.y().stream()
            .filter(Double::isFinite)
            .mapToDouble(y -> y)
            .reduce((before, after) -> after);
    return last.isPresent() ? Figures.fixed(last.getAsDouble(), 2) : Figures.UNKNOWN;
  }
}
