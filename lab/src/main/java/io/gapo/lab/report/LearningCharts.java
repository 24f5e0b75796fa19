package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What training looked like: scores, shares, cosine and KL over steps.
 *
 * <p>A curve is a moving average of each seed's steps, then their mean and standard error over
 * seeds; the raw steps are in {@code results.json}. Methods without a preference share charts; of
 * each other method the preferences do.
 */
final class LearningCharts {

  /** A moving average over this part of the steps. */
  private static final int WINDOWS = 12;

  private LearningCharts() {}

  /** Groups without a trained run, and charts without a figure, are left out. */
  static List<ChartGroup> of(ComparisonResults results) {
    List<MethodRow> rows = MethodRow.of(results);
    List<String> labels = rows.stream().map(MethodRow::label).distinct().toList();
    List<MethodRow> plain =
        rows.stream().filter(row -> !row.hasPreference() && isTrained(row)).toList();
    Map<String, List<MethodRow>> asked = new LinkedHashMap<>();
    rows.stream()
        .filter(row -> row.hasPreference() && isTrained(row))
        .forEach(row -> asked.computeIfAbsent(row.label(), label -> new ArrayList<>()).add(row));
    List<ChartGroup> groups = new ArrayList<>();
    if (!plain.isEmpty()) {
      List<SeriesStyle> styles =
          plain.stream().map(row -> new SeriesStyle(labels.indexOf(row.label()))).toList();
      groups.add(group("Methods", "methods", plain, styles, results.objectives()));
    }
    asked.forEach(
        (label, own) -> {
          List<SeriesStyle> styles =
              IntStream.range(0, own.size()).mapToObj(SeriesStyle::new).toList();
          groups.add(
              group(
                  label,
                  labels.indexOf(label) + "-" + slug(label),
                  own,
                  styles,
                  results.objectives()));
        });
    return groups;
  }

  private static boolean isTrained(MethodRow row) {
    return row.runs().stream().anyMatch(run -> !run.steps().isEmpty());
  }

  private static ChartGroup group(
      String title,
      String name,
      List<MethodRow> rows,
      List<SeriesStyle> styles,
      List<String> objectives) {
    List<Long> steps =
        rows.stream()
            .flatMap(row -> row.runs().stream())
            .flatMap(run -> run.steps().stream())
            .map(StepPoint::step)
            .distinct()
            .sorted()
            .toList();
    Group group = new Group(rows, styles, steps, window(rows));
    List<Chart> charts = new ArrayList<>();
    for (String objective : objectives) {
      group
          .chart(
              step -> orNaN(step.meanScores(), objective),
              name + "-score-" + slug(objective),
              title + ": " + objective + " score of the training batches",
              objective + " score")
          .ifPresent(charts::add);
    }
    for (String objective : objectives) {
      group
          .chart(
              step -> orNaN(step.alpha(), objective),
              name + "-alpha-" + slug(objective),
              title + ": share α of " + objective,
              "α " + objective)
          .ifPresent(charts::add);
    }
    if (objectives.size() > 1) {
      group
          .chart(
              StepPoint::cosine,
              name + "-cosine",
              title
                  + ": cosine between the gradients of %s and %s"
                      .formatted(objectives.get(0), objectives.get(1)),
              "cosine")
          .ifPresent(charts::add);
    }
    group
        .chart(StepPoint::kl, name + "-kl", title + ": KL to the reference policy", "KL, nats")
        .ifPresent(charts::add);
    return new ChartGroup(title, group.window, charts);
  }

  /**
   * Rows that share charts.
   *
   * @param styles one a row
   * @param steps that any run reached, rising
   * @param window of the moving average
   */
  private record Group(
      List<MethodRow> rows, List<SeriesStyle> styles, List<Long> steps, int window) {

    /** Empty if no run has the figure. */
    Optional<Chart> chart(
        ToDoubleFunction<StepPoint> figure, String name, String title, String yTitle) {
      boolean sameLabel = rows.stream().map(MethodRow::label).distinct().count() == 1;
      List<Curve> curves = new ArrayList<>();
      for (int i = 0; i < rows.size(); i++) {
        MethodRow row = rows.get(i);
        String label = sameLabel && row.hasPreference() ? row.preferenceText() : row.label();
        curves.add(curve(label, styles.get(i), row, steps, window, figure));
      }
      List<Curve> drawn = curves.stream().filter(Curve::hasPoints).toList();
      return drawn.isEmpty()
          ? Optional.empty()
          : Optional.of(CurveChart.of(steps, drawn, name, title, yTitle));
    }
  }

  /** Over the seeds that have the figure at a step; a gap where none has. */
  static Curve curve(
      String name,
      SeriesStyle style,
      MethodRow row,
      List<Long> steps,
      int window,
      ToDoubleFunction<StepPoint> figure) {
    List<Map<Long, Double>> seeds =
        row.runs().stream().map(run -> smoothed(run.steps(), window, figure)).toList();
    List<Double> mean = new ArrayList<>();
    List<Double> error = new ArrayList<>();
    for (Long step : steps) {
      double[] values =
          seeds.stream()
              .mapToDouble(seed -> seed.getOrDefault(step, Double.NaN))
              .filter(Double::isFinite)
              .toArray();
      Optional<SeedEstimate> estimate =
          values.length == 0 ? Optional.empty() : Optional.of(SeedEstimate.of(values));
      mean.add(estimate.map(SeedEstimate::mean).orElse(Double.NaN));
      error.add(estimate.map(found -> found.standardError().orElse(Double.NaN)).orElse(Double.NaN));
    }
    return new Curve(name, style, mean, error);
  }

  /** By step. */
  private static Map<Long, Double> smoothed(
      List<StepPoint> steps, int window, ToDoubleFunction<StepPoint> figure) {
    double[] values = MovingAverage.of(steps.stream().mapToDouble(figure).toArray(), window);
    Map<Long, Double> byStep = new HashMap<>();
    for (int i = 0; i < values.length; i++) {
      byStep.put(steps.get(i).step(), values[i]);
    }
    return byStep;
  }

  /** Odd. */
  private static int window(List<MethodRow> rows) {
    int steps =
        rows.stream()
            .flatMap(row -> row.runs().stream())
            .mapToInt(run -> run.steps().size())
            .max()
            .orElse(0);
    return steps / WINDOWS / 2 * 2 + 1;
  }

  private static double orNaN(Map<String, Double> figures, String objective) {
    return figures.getOrDefault(objective, Double.NaN);
  }

  private static String slug(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
  }
}
