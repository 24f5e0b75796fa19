package io.gapo.lab.report;

import io.gapo.lab.exam.EvaluationReport;
import io.gapo.lab.exam.EvaluationReport.Estimate;
import io.gapo.lab.exam.EvaluationReport.Measure;
import io.gapo.lab.exam.EvaluationReport.Unit;
import io.gapo.lab.files.OutputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** How two policies answer the same prompts, as one HTML page. All texts are untrusted. */
public final class EvaluationPage {

  private static final int SCORE_DECIMALS = 3;

  private final EvaluationReport report;
  private final String settings;
  private final PageResources resources = new PageResources();

  private EvaluationPage(EvaluationReport report, String settings) {
    this.report = report;
    this.settings = settings;
  }

  /**
   * Writes the page as {@link OutputFile} does.
   *
   * @param settings as text, without secrets
   */
  public static void write(EvaluationReport report, String settings, Path file) throws IOException {
    OutputFile.write(file, of(report, settings).getBytes(StandardCharsets.UTF_8));
  }

  static String of(EvaluationReport report, String settings) {
    return HtmlPage.of("evaluation.jte", new EvaluationPage(report, settings));
  }

  EvaluationReport report() {
    return report;
  }

  String title() {
    return "%s against %s".formatted(report.after(), report.before());
  }

  String settings() {
    return settings;
  }

  PageResources resources() {
    return resources;
  }

  Table measures() {
    return new Table(
        "Mean ± standard error over %s prompts".formatted(report.prompts()),
        List.of("measure", report.before(), report.after(), "change", "verdict"),
        report.measures().stream().map(EvaluationPage::row).toList());
  }

  private static Table.Row row(Measure measure) {
    return new Table.Row(
        measure.name(),
        List.of(
            cell(measure.before(), measure.unit(), ""),
            cell(measure.after(), measure.unit(), ""),
            cell(measure.change(), measure.unit(), measure.change().mean() > 0 ? "+" : ""),
            Table.Cell.of(measure.verdict().name().toLowerCase(Locale.ROOT))));
  }

  private static Table.Cell cell(Estimate estimate, Unit unit, String sign) {
    return switch (unit) {
      case SCORE ->
          new Table.Cell(
              sign + Figures.fixed(estimate.mean(), SCORE_DECIMALS),
              " ± " + Figures.fixed(estimate.standardError(), SCORE_DECIMALS),
              false);
      case SHARE ->
          new Table.Cell(
              sign + Figures.mean(estimate.mean(), Column.Unit.SHARE),
              " ± " + Figures.error(estimate.standardError(), Column.Unit.SHARE),
              false);
    };
  }

  /** Each prompt with both answers. */
  List<Sample> samples() {
    return report.samples().stream()
        .map(
            sample ->
                new Sample(
                    sample.prompt(),
                    List.of(
                        Sample.Card.of(report.before(), sample.beforeScores(), sample.before()),
                        Sample.Card.of(report.after(), sample.afterScores(), sample.after()))))
        .toList();
  }
}
