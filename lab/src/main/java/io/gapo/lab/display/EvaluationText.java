package io.gapo.lab.display;

import io.gapo.lab.exam.EvaluationReport;
import io.gapo.lab.exam.EvaluationReport.Estimate;
import io.gapo.lab.exam.EvaluationReport.Measure;
import io.gapo.lab.exam.EvaluationReport.Sample;
import io.gapo.lab.exam.EvaluationReport.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** An evaluation as a person reads it: a table, then answers side by side. */
public final class EvaluationText {

  private static final int FIGURE_WIDTH = 17;
  private static final String GAP = "  ";

  private EvaluationText() {}

  /**
   * Lines without control characters.
   *
   * @param width of a line, in characters, at least 40
   */
  public static List<String> lines(EvaluationReport report, int width) {
    List<String> lines = new ArrayList<>();
    addTable(report, lines);
    int column = (Math.max(40, width) - GAP.length()) / 2;
    report.samples().forEach(sample -> addSample(report, sample, column, lines));
    return lines;
  }

  private static void addTable(EvaluationReport report, List<String> lines) {
    lines.add("%s %s prompts, mean ± standard error".formatted(report.prompts(), report.split()));
    int nameWidth =
        report.measures().stream().mapToInt(measure -> measure.name().length()).max().orElse(0);
    lines.add(
        Columns.left("", nameWidth)
            + Columns.right(report.before(), FIGURE_WIDTH)
            + Columns.right(report.after(), FIGURE_WIDTH)
            + Columns.right("change", FIGURE_WIDTH));
    for (Measure measure : report.measures()) {
      lines.add(
          Columns.left(measure.name(), nameWidth)
              + Columns.right(figure(measure.before(), measure.unit(), ""), FIGURE_WIDTH)
              + Columns.right(figure(measure.after(), measure.unit(), ""), FIGURE_WIDTH)
              + Columns.right(figure(measure.change(), measure.unit(), "+"), FIGURE_WIDTH)
              + GAP
              + measure.verdict().name().toLowerCase(Locale.ROOT));
    }
  }

  private static String figure(Estimate estimate, Unit unit, String sign) {
    return unit == Unit.SHARE
        ? String.format(
            Locale.ROOT,
            "%" + sign + ".1f ± %.1f %%",
            100 * estimate.mean(),
            100 * estimate.standardError())
        : String.format(
            Locale.ROOT, "%" + sign + ".3f ± %.3f", estimate.mean(), estimate.standardError());
  }

  private static void addSample(
      EvaluationReport report, Sample sample, int column, List<String> lines) {
    lines.add("");
    Columns.wrap("» " + sample.prompt(), 2 * column + GAP.length()).forEach(lines::add);
    addSideBySide(
        List.of(heading(report.before(), sample.beforeScores())),
        List.of(heading(report.after(), sample.afterScores())),
        column,
        lines);
    addSideBySide(
        Columns.wrap(sample.before(), column), Columns.wrap(sample.after(), column), column, lines);
  }

  private static String heading(String policy, Map<String, Double> scores) {
    return policy
        + scores.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(
                score -> String.format(Locale.ROOT, "  %s %+.2f", score.getKey(), score.getValue()))
            .collect(Collectors.joining());
  }

  private static void addSideBySide(
      List<String> left, List<String> right, int column, List<String> lines) {
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      String line =
          Columns.left(i < left.size() ? left.get(i) : "", column)
              + GAP
              + (i < right.size() ? right.get(i) : "");
      lines.add(line.stripTrailing());
    }
  }
}
