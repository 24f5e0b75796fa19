package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsJsonTest {

  @Test
  void readsWhatItWroteFiguresThatAreNoNumbersIncluded(@TempDir Path directory) throws IOException {
    ComparisonResults results = Examples.everything();
    Path file = directory.resolve("results.json");

    ResultsJson.write(results, file);

    assertThat(ResultsJson.readResults(file)).isEqualTo(results);
    assertThat(Files.readString(file)).contains("\"started_at\"", "\"NaN\"");
  }

  @Test
  void readsARunThatItWrote(@TempDir Path directory) throws IOException {
    RunResult run = Examples.everything().runs().get(5);
    Path file = directory.resolve("run.json");

    ResultsJson.write(new KeptRun(Map.of("--steps", "15"), run), file);

    assertThat(ResultsJson.readMadeWith(file)).contains(Map.of("--steps", "15"));
    assertThat(ResultsJson.readRun(file)).isEqualTo(run);
    assertThat(ResultsJson.readRun(file).measures().keySet())
        .containsExactlyElementsOf(run.measures().keySet());
  }

  @Test
  void replacesAFileWholeAndLeavesNothingElse(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("run.json");
    ResultsJson.write(kept(Examples.everything().runs().get(5)), file);
    RunResult second = Examples.run("a", Map.of(), 1, 2, 3);

    ResultsJson.write(kept(second), file);

    assertThat(ResultsJson.readRun(file)).isEqualTo(second);
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void refusesResultsThatCannotBe() {
    RunResult run = Examples.run("a", Map.of(), 1, 2, 3);

    assertThatThrownBy(() -> Examples.of(run, run))
        .hasMessage("two runs of 'a' with preference {} have seed 1");
    assertThatThrownBy(() -> new Measure(0, -1)).hasMessage("standardError must be >= 0, was -1.0");
    assertThatThrownBy(() -> new StepPoint(-1, Map.of(), Map.of(), 0, 0, 0))
        .hasMessage("step must be >= 0, was -1");
    assertThatThrownBy(
            () -> new RunResult("m", " ", Map.of(), 1, List.of(), Map.of(), List.of(), 1))
        .hasMessage("a run of method 'm' has a blank label");
  }

  @Test
  void knowsThatAFileOfAnEarlierVersionDoesNotSayWhatItWasMadeWith(@TempDir Path directory)
      throws IOException {
    Path file = Files.writeString(directory.resolve("run.json"), "{\"method\": \"mgda\"}");

    assertThat(ResultsJson.readMadeWith(file)).isEmpty();
  }

  private static KeptRun kept(RunResult run) {
    return new KeptRun(Map.of(), run);
  }
}
