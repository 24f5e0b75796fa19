package io.gapo.lab.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gapo.lab.files.WholeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Results as JSON: names in snake_case, figures that are not numbers as "NaN". Files are written
 * complete or not at all.
 */
public final class ResultsJson {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private static final String MADE_WITH = "made_with";

  private ResultsJson() {}

  /** Writes a comparison; its directory must exist. */
  public static void write(ComparisonResults results, Path file) throws IOException {
    WholeFile.write(file, JSON.writeValueAsBytes(results));
  }

  /** Writes one run, so that a comparison can resume where it stopped; its directory must exist. */
  public static void write(KeptRun run, Path file) throws IOException {
    WholeFile.write(file, JSON.writeValueAsBytes(run));
  }

  /** Writes what a run that has begun is made with; its directory must exist. */
  public static void writeMadeWith(Map<String, String> madeWith, Path file) throws IOException {
    WholeFile.write(file, JSON.writeValueAsBytes(Map.of(MADE_WITH, madeWith)));
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
    return JSON.readValue(file.toFile(), KeptRun.class).run();
  }

  /**
   * Reads what a run was made with, finished or not.
   *
   * @return empty if the file does not say, as those of earlier versions do not
   * @throws IOException if the file is missing or not JSON
   */
  public static Optional<Map<String, String>> readMadeWith(Path file) throws IOException {
    JsonNode json = JSON.readTree(file.toFile()).path(MADE_WITH);
    if (!json.isObject()) {
      return Optional.empty();
    }
    Map<String, String> madeWith = new LinkedHashMap<>();
    json.properties().forEach(each -> madeWith.put(each.getKey(), each.getValue().asText()));
    return Optional.of(madeWith);
  }
}
