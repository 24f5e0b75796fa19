package io.gapo.ops.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Results as JSON: names in snake_case, figures that are not numbers as "NaN". Files are written
 * whole or not at all.
 */
public final class ResultsJson {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private ResultsJson() {}

  /** Writes a comparison; its directory must exist. */
  public static void write(ComparisonResults results, Path file) throws IOException {
    WholeFile.write(file, JSON.writeValueAsBytes(results));
  }

  /** Writes one run, so that a comparison can go on where it stopped; its directory must exist. */
  public static void write(RunResult run, Path file) throws IOException {
    WholeFile.write(file, JSON.writeValueAsBytes(run));
  }

  /**
   * Reads a comparison.
   *
   * @throws IOException if the file is missing or not a comparison
   */
  public static ComparisonResults readResults(Path file) throws IOException {
    return JSON.readValue(file.toFile(), ComparisonResults.class);
  }

  /**
   * Reads one run.
   *
   * @throws IOException if the file is missing or not a run
   */
  public static RunResult readRun(Path file) throws IOException {
    return JSON.readValue(file.toFile(), RunResult.class);
  }
}
