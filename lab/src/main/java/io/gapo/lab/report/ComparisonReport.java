package io.gapo.lab.report;

import io.gapo.lab.files.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The report of a comparison: a directory of files. */
public final class ComparisonReport {

  private ComparisonReport() {}

  /**
   * Writes {@code report.html}, {@code results.json}, {@code table.csv}, {@code frontier.csv} and
   * one {@code .svg} a chart, replacing older ones.
   *
   * @param directory made if it is missing
   */
  public static void write(ComparisonResults results, Path directory) throws IOException {
    Files.createDirectories(directory);
    ResultsJson.write(results, directory.resolve("results.json"));
    WholeFile.write(
        directory.resolve("table.csv"), Csv.table(ResultTable.of(results), results.objectives()));
    WholeFile.write(
        directory.resolve("frontier.csv"),
        Csv.frontier(Frontiers.of(results), results.objectives()));
    // Last, so that whatever a JVM without fonts makes of charts, the figures are safe.
    ReportCharts charts = ReportCharts.of(results);
    for (Chart chart : charts.all().toList()) {
      WholeFile.write(directory.resolve(chart.name() + ".svg"), chart.svg());
    }
    WholeFile.write(directory.resolve("report.html"), ReportPage.of(results, charts));
  }
}
