package io.gapo.lab.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;

/** The plane of the first two objectives; bars are one standard error over seeds. */
final class FrontierChart {

  /** Room around the points, as a part of their range. */
  private static final double MARGIN = 0.08;

  /** Between a point and its λ, as a part of the range. */
  private static final double LABEL_DISTANCE = 0.05;

  /** Height of the plot over its width, about. */
  private static final double ASPECT = 0.65;

  private FrontierChart() {}

  /**
   * Each method that takes a preference as a line through its λ.
   *
   * @param labels of all methods, in the order of their styles
   */
  static Chart ofFrontiers(Frontiers frontiers, List<String> labels) {
    List<FrontierPoint> points =
        frontiers.frontiers().stream().flatMap(each -> each.points().stream()).toList();
    XYChart chart = empty(frontiers.first(), frontiers.second(), points);
    addFrontiers(chart, frontiers, labels);
    addPreferences(chart, frontiers.frontiers());
    return ChartSvg.of(
        chart,
        "frontier",
        "Frontiers of %s and %s".formatted(frontiers.first(), frontiers.second()),
        "Higher is better on both axes. " + description(frontiers.frontiers().stream()));
  }

  /** All methods: those without a preference as points, the others as lines. */
  static Optional<Chart> ofAll(ComparisonResults results, List<String> labels) {
    if (results.objectives().size() < 2) {
      return Optional.empty();
    }
    String first = results.objectives().get(0);
    String second = results.objectives().get(1);
    List<FrontierPoint> points =
        MethodRow.of(results).stream()
            .flatMap(row -> point(row, Column.score(first), Column.score(second)).stream())
            .toList();
    if (points.isEmpty()) {
      return Optional.empty();
    }
    XYChart chart = empty(first, second, points);
    for (FrontierPoint point : points) {
      if (!point.row().hasPreference()) {
        String label = point.row().label();
        add(chart, label, labels.indexOf(label), List.of(point));
      }
    }
    Frontiers.of(results).ifPresent(frontiers -> addFrontiers(chart, frontiers, labels));
    return Optional.of(
        ChartSvg.of(
            chart,
            "methods",
            "All methods by %s and %s".formatted(first, second),
            "Higher is better on both axes. The table above has the figures."));
  }

  private static Optional<FrontierPoint> point(MethodRow row, Column first, Column second) {
    return first.of(row).flatMap(x -> second.of(row).map(y -> new FrontierPoint(row, x, y, false)));
  }

  private static XYChart empty(String first, String second, List<FrontierPoint> points) {
    XYChart chart = ChartFrame.empty(MeasureNames.score(first), MeasureNames.score(second));
    Range x = Range.of(points.stream().map(FrontierPoint::first));
    Range y = Range.of(points.stream().map(FrontierPoint::second));
    chart
        .getStyler()
        .setXAxisMin(x.min() - MARGIN * x.size())
        .setXAxisMax(x.max() + MARGIN * x.size())
        .setYAxisMin(y.min() - MARGIN * y.size())
        .setYAxisMax(y.max() + MARGIN * y.size())
        .setXAxisDecimalPattern("0.##")
        .setYAxisDecimalPattern("0.##");
    return chart;
  }

  /** Of means with their bars; never empty. */
  private record Range(double min, double max) {

    static Range of(Stream<SeedEstimate> estimates) {
      double min = Double.POSITIVE_INFINITY;
      double max = Double.NEGATIVE_INFINITY;
      for (SeedEstimate estimate : estimates.toList()) {
        double bar = estimate.standardError().orElse(0);
        min = Math.min(min, estimate.mean() - bar);
        max = Math.max(max, estimate.mean() + bar);
      }
      return max > min ? new Range(min, max) : new Range(min - 0.5, max + 0.5);
    }

    double size() {
      return max - min;
    }
  }

  private static void addFrontiers(XYChart chart, Frontiers frontiers, List<String> labels) {
    for (Frontier frontier : frontiers.frontiers()) {
      add(chart, frontier.label(), labels.indexOf(frontier.label()), frontier.points());
    }
  }

  private static void add(XYChart chart, String label, int style, List<FrontierPoint> points) {
    for (FrontierPoint point : points) {
      addBars(chart, point, style);
    }
    ChartFrame.add(
        chart,
        label,
        style,
        points.stream().mapToDouble(point -> point.first().mean()).toArray(),
        points.stream().mapToDouble(point -> point.second().mean()).toArray());
  }

  private static void addBars(XYChart chart, FrontierPoint point, int style) {
    double x = point.first().mean();
    double y = point.second().mean();
    String name = point.row().name();
    point
        .first()
        .standardError()
        .ifPresent(
            bar ->
                ChartFrame.addBar(
                    chart,
                    "- " + name,
                    style,
                    new double[] {x - bar, x + bar},
                    new double[] {y, y}));
    point
        .second()
        .standardError()
        .ifPresent(
            bar ->
                ChartFrame.addBar(
                    chart,
                    "| " + name,
                    style,
                    new double[] {x, x},
                    new double[] {y - bar, y + bar}));
  }

  /** The asked λ beside each point. */
  private static void addPreferences(XYChart chart, List<Frontier> frontiers) {
    LabelPlaces places =
        new LabelPlaces(
            ASPECT * (chart.getStyler().getXAxisMax() - chart.getStyler().getXAxisMin()),
            chart.getStyler().getYAxisMax() - chart.getStyler().getYAxisMin(),
            LABEL_DISTANCE);
    frontiers.forEach(
        frontier -> places.avoid(frontier.points().stream().map(FrontierPoint::mean).toList()));
    for (Frontier frontier : frontiers) {
      for (FrontierPoint point : frontier.points()) {
        Point place = places.place(point.mean());
        chart.addAnnotation(
            new AnnotationText(
                point.row().preferenceText().substring("λ ".length()),
                place.first(),
                place.second(),
                false));
      }
    }
  }

  private static String description(Stream<Frontier> frontiers) {
    return frontiers
        .map(
            frontier ->
                frontier.points().stream()
                    .map(FrontierChart::coordinates)
                    .collect(Collectors.joining(", ", frontier.label() + ": ", ".")))
        .collect(Collectors.joining(" "));
  }

  private static String coordinates(FrontierPoint point) {
    return "%s at (%s, %s)"
        .formatted(
            point.row().preferenceText(),
            Figures.fixed(point.first().mean(), 2),
            Figures.fixed(point.second().mean(), 2));
  }
}
