package io.gapo.lab.compare;

import io.gapo.lab.report.KeptRun;
import io.gapo.lab.report.ResultsJson;
import io.gapo.lab.report.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * The results of a comparison, a file each. What is there is used again only if it was made with
 * what is asked for now: a report states one set of settings over all figures.
 */
final class KeptResults {

  private static final String REMEDY = "choose another --out, or delete that file";

  private final Path directory;
  private final Map<String, Provenance> asked;

  /**
   * @param directory made when the first result is kept
   * @param asked what every result is to be made with, by its name
   */
  KeptResults(Path directory, Map<String, Provenance> asked) {
    this.directory = directory;
    this.asked = asked;
  }

  /**
   * Makes sure that every result that is there can be used: better now than after hours.
   *
   * @throws OtherSettingsException naming the first file that was made with other settings
   */
  void requireSame() throws IOException {
    for (Map.Entry<String, Provenance> each : asked.entrySet()) {
      if (isKnown(each.getKey())) {
        each.getValue().requireOf(file(each.getKey()), REMEDY);
      }
    }
  }

  boolean isKnown(String name) {
    return Files.exists(file(name));
  }

  RunResult read(String name) throws IOException {
    return ResultsJson.readRun(file(name));
  }

  void keep(String name, RunResult run) throws IOException {
    Files.createDirectories(directory.toAbsolutePath());
    ResultsJson.write(new KeptRun(provenance(name).madeWith(), run), file(name));
  }

  Provenance provenance(String name) {
    return Objects.requireNonNull(asked.get(name), name);
  }

  private Path file(String name) {
    return directory.resolve(name + ".json");
  }
}
