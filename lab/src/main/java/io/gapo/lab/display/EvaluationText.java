package io.gapo.lab.display;

import io.gapo.lab.exam.EvaluationReport;
import io.gapo.lab.exam.EvaluationReport.Estimate;
import io.gapo.lab.exam.EvaluationReport.Measure;
import io.gapo.lab.exam.EvaluationReport.Sample;
import io.gapo.lab.exam.EvaluationReport.Unit;
import io.gapo.ops.display.UntrustedText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;

/** An evaluation as a person reads it: a table, then answers side by side. */
public final class EvaluationText {

  private static final int FIGURE_WIDTH = 17;
  private static final int GAP = 2;

  private EvaluationText() {}

  /**
   * Lines without control characters.
   *
   * @param width of a line, in characters, at least 40
   */
  public static List<String> lines(EvaluationReport report, int width) {
    List<String> lines = new ArrayList<>();
    lines.add("%s %s prompts, mean ± standard error".formatted(report.prompts(), report.source()));
    lines.addAll(lines(measures(report)));
    int column = (Math.max(40, width) - GAP) / 2;
    for (Sample sample : report.samples()) {
      lines.add("");
      lines.addAll(UntrustedText.wrapped("» " + sample.prompt(), 2 * column + GAP));
      lines.addAll(lines(sideBySide(report, sample, column)));
    }
    return lines;
  }

  private static TextTable measures(EvaluationReport report) {
    int nameWidth =
        report.measures().stream().mapToInt(measure -> measure.name().length()).max().orElse(0);
    TextTable table =
        table(
            new Column(nameWidth, 0, Overflow.TRUNCATE),
            new Column(FIGURE_WIDTH, 0, Overflow.TRUNCATE),
            new Column(FIGURE_WIDTH, 0, Overflow.TRUNCATE),
            new Column(FIGURE_WIDTH, 0, Overflow.TRUNCATE),
            new Column(FIGURE_WIDTH, GAP, Overflow.TRUNCATE));
    addRow(table, "", right(report.before()), right(report.after()), right("change"), "");
    for (Measure measure : report.measures()) {
      addRow(
          table,
          measure.name(),
          right(figure(measure.before(), measure.unit(), "")),
          right(figure(measure.after(), measure.unit(), "")),
          right(figure(measure.change(), measure.unit(), "+")),
          measure.verdict().name().toLowerCase(Locale.ROOT));
    }
    return table;
  }

  private static TextTable sideBySide(EvaluationReport report, Sample sample, int column) {
    TextTable table =
        table(
            new Column(column + GAP, 0, Overflow.TRUNCATE),
            new Column(column, 0, Overflow.TRUNCATE));
    addRow(
        table,
        heading(report.before(), sample.beforeScores()),
        heading(report.after(), sample.afterScores()));
    List<String> before = UntrustedText.wrapped(sample.before(), column);
    List<String> after = UntrustedText.wrapped(sample.after(), column);
    for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
      addRow(table, i < before.size() ? before.get(i) : "", i < after.size() ? after.get(i) : "");
    }
    return table;
  }

  private static String heading(String policy, Map<String, Double> scores) {
    return policy
        + scores.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(
                score -> String.format(Locale.ROOT, "  %s %+.2f", score.getKey(), score.getValue()))
            .collect(Collectors.joining());
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

  private static String right(String text) {
    return String.format(Locale.ROOT, "%" + FIGURE_WIDTH + "s", text);
  }

  private static TextTable table(Column... columns) {
    return TextTable.forColumns(Help.defaultColorScheme(Ansi.OFF), columns);
  }

  private static void addRow(TextTable table, String... cells) {
    table.addRowValues(Arrays.stream(cells).map(UntrustedText::literal).toArray(Text[]::new));
  }

  private static List<String> lines(TextTable table) {
    return table.toString().lines().toList();
  }
}
