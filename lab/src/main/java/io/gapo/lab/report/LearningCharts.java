package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What training looked like: scores, shares, cosine and KL over steps.
 *
 * <p>A curve is the mean over a method's seeds at each step, then a moving average; the raw steps
 * are in {@code results.json}. Methods without a preference share charts; of each other method the
 * preferences do.
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
      List<Integer> styles = plain.stream().map(row -> labels.indexOf(row.label())).toList();
      groups.add(group("Methods", "methods", plain, styles, results.objectives()));
    }
    asked.forEach(
        (label, own) -> {
          List<Integer> styles = own.stream().map(own::indexOf).toList();
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
      List<Integer> styles,
      List<String> objectives) {
    int window = window(rows);
    List<Chart> charts = new ArrayList<>();
    for (String objective : objectives) {
      addChart(
          charts,
          curves(rows, styles, window, step -> orNaN(step.meanScores(), objective)),
          name + "-score-" + slug(objective),
          title + ": " + objective + " score of the training batches",
          objective + " score");
    }
    for (String objective : objectives) {
      addChart(
          charts,
          curves(rows, styles, window, step -> orNaN(step.alpha(), objective)),
          name + "-alpha-" + slug(objective),
          title + ": share α of " + objective,
          "α " + objective);
    }
    if (objectives.size() > 1) {
      addChart(
          charts,
          curves(rows, styles, window, StepPoint::cosine),
          name + "-cosine",
          title
              + ": cosine between the gradients of %s and %s"
                  .formatted(objectives.get(0), objectives.get(1)),
          "cosine");
    }
    addChart(
        charts,
        curves(rows, styles, window, StepPoint::kl),
        name + "-kl",
        title + ": KL to the reference policy",
        "KL, nats");
    return new ChartGroup(title, window, charts);
  }

  private static void addChart(
      List<Chart> charts, List<Curve> curves, String name, String title, String yTitle) {
    List<Curve> drawn = curves.stream().filter(Curve::hasPoints).toList();
    if (!drawn.isEmpty()) {
      charts.add(CurveChart.of(drawn, name, title, yTitle));
    }
  }

  private static List<Curve> curves(
      List<MethodRow> rows, List<Integer> styles, int window, ToDoubleFunction<StepPoint> figure) {
    boolean sameLabel = rows.stream().map(MethodRow::label).distinct().count() == 1;
    List<Curve> curves = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      MethodRow row = rows.get(i);
      String name = sameLabel && row.hasPreference() ? row.preferenceText() : row.label();
      curves.add(meanOverSeeds(name, styles.get(i), row, figure).smoothed(window));
    }
    return curves;
  }

  /** At each step that any seed reached; a gap where none has the figure. */
  static Curve meanOverSeeds(
      String name, int style, MethodRow row, ToDoubleFunction<StepPoint> figure) {
    SortedMap<Long, List<Double>> values = new TreeMap<>();
    for (RunResult run : row.runs()) {
      for (StepPoint step : run.steps()) {
        List<Double> at = values.computeIfAbsent(step.step(), number -> new ArrayList<>());
        double value = figure.applyAsDouble(step);
        if (Double.isFinite(value)) {
          at.add(value);
        }
      }
    }
    return new Curve(
        name,
        style,
        values.keySet().stream().map(Long::doubleValue).toList(),
        values.values().stream()
            .map(at -> at.stream().mapToDouble(value -> value).average().orElse(Double.NaN))
            .toList());
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
