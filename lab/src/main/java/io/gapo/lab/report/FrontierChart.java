package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The plane of the first two objectives; bars are one standard error over seeds. */
final class FrontierChart {

  /** Margin around the points, as a fraction of their range. */
  private static final double MARGIN = 0.08;

  /** Smallest distance between a point and its λ, as a fraction of the height. */
  private static final double LABEL_DISTANCE = 0.05;

  /** Distance that keeps a λ apart from lines and other λ: its height and a little more. */
  private static final double LABEL_CLEARANCE = 0.03;

  /** Width of a letter, as a fraction of the range. */
  private static final double LETTER = 0.009;

  /** Approximate height of the plot over its width. */
  private static final double ASPECT = 0.52;

  private FrontierChart() {}

  /**
   * Each method that takes a preference as a line through its λ.
   *
   * @param labels of all methods, in the order of their styles
   */
  static Chart ofFrontiers(Frontiers frontiers, List<String> labels) {
    return chart(
        frontiers.first(),
        frontiers.second(),
        frontiers.frontiers().stream().map(each -> series(each, labels)).toList(),
        true,
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
    List<Series> series = new ArrayList<>();
    for (MethodRow row : MethodRow.of(results)) {
      if (!row.hasPreference()) {
        point(row, Column.score(first), Column.score(second))
            .ifPresent(point -> series.add(series(row.label(), false, List.of(point), labels)));
      }
    }
    Frontiers.of(results)
        .ifPresent(found -> found.frontiers().forEach(each -> series.add(series(each, labels))));
    return series.isEmpty()
        ? Optional.empty()
        : Optional.of(
            chart(
                first,
                second,
                series,
                false,
                "methods",
                "All methods by %s and %s".formatted(first, second),
                "Higher is better on both axes. The tables have the figures."));
  }

  private record Series(Chart.Key key, List<FrontierPoint> points) {}

  private static Series series(Frontier frontier, List<String> labels) {
    return series(frontier.label(), true, frontier.points(), labels);
  }

  private static Series series(
      String label, boolean line, List<FrontierPoint> points, List<String> labels) {
    return new Series(new Chart.Key(label, new SeriesStyle(labels.indexOf(label)), line), points);
  }

  private static Optional<FrontierPoint> point(MethodRow row, Column first, Column second) {
    return first.of(row).flatMap(x -> second.of(row).map(y -> new FrontierPoint(row, x, y, false)));
  }

  private static Chart chart(
      String first,
      String second,
      List<Series> series,
      boolean labeled,
      String name,
      String title,
      String description) {
    Axis x = axis(first, series, FrontierPoint::first);
    Axis y = axis(second, series, FrontierPoint::second);
    LabelPlaces places = new LabelPlaces(x, y, ASPECT, LABEL_CLEARANCE, LABEL_DISTANCE);
    for (Series each : series) {
      places.avoid(each.points().stream().map(FrontierPoint::mean).toList());
      each.points().stream().flatMap(FrontierPoint::bars).forEach(places::avoid);
    }
    List<Drawing.Trace> traces =
        series.stream()
            .map(
                each ->
                    new Drawing.Trace(
                        each.points().stream()
                            .map(
                                point ->
                                    labeled
                                        ? labeled(point, places, x)
                                        : mark(point, "", point.mean()))
                            .toList()))
            .toList();
    return new Chart(
        name,
        title,
        description,
        series.stream().map(Series::key).toList(),
        table(x, y, series, title),
        new Drawing.Plane(x, y, traces));
  }

  private static Axis axis(
      String objective, List<Series> series, Function<FrontierPoint, SeedEstimate> score) {
    return Axis.around(
        MeasureNames.score(objective),
        series.stream()
            .flatMap(each -> each.points().stream())
            .map(score)
            .flatMapToDouble(
                estimate ->
                    DoubleStream.of(
                        estimate.mean() - estimate.standardError().orElse(0),
                        estimate.mean() + estimate.standardError().orElse(0))),
        MARGIN);
  }

  /** A mark with the λ that was asked for beside it. */
  private static Drawing.Mark labeled(FrontierPoint point, LabelPlaces places, Axis x) {
    String label = point.row().sharesText();
    double length = label.length() * LETTER * x.size();
    return mark(point, label, places.place(point.mean(), length));
  }

  private static Drawing.Mark mark(FrontierPoint point, String label, Point labelPlace) {
    return new Drawing.Mark(
        point.first().mean(),
        point.second().mean(),
        point.first().standardError().orElse(Double.NaN),
        point.second().standardError().orElse(Double.NaN),
        label,
        labelPlace.first(),
        labelPlace.second());
  }

  private static Table table(Axis x, Axis y, List<Series> series, String title) {
    return new Table(
        title + ": mean ± standard error over seeds",
        List.of("method", x.title(), y.title()),
        series.stream()
            .flatMap(each -> each.points().stream())
            .map(
                point ->
                    new Table.Row(
                        point.row().name(), List.of(cell(point.first()), cell(point.second()))))
            .toList());
  }

  private static Table.Cell cell(SeedEstimate estimate) {
    return Table.Cell.of(Optional.of(estimate), Column.Unit.SCORE, false);
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
