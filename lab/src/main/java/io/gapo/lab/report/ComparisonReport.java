package io.gapo.lab.report;

import io.gapo.lab.files.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The report of a comparison: a directory of files. */
public final class ComparisonReport {

  private ComparisonReport() {}

  /**
   * Writes {@code report.html}, {@code results.json}, {@code table.csv} and {@code frontier.csv},
   * replacing older ones.
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
    WholeFile.write(
        directory.resolve("report.html"), ReportPage.of(results, ReportCharts.of(results)));
  }
}
