package io.gapo.lab.display;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.lab.exam.EvaluationReport;
import io.gapo.lab.files.OutputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the figures of every step of this run, for {@code --json}. Thread-safe.
 *
 * <p>The file is {@code {"steps": [...], "evaluation": {...}, "settings": {...}}}: each step is a
 * {@link StepFigures}, the evaluation an {@link EvaluationReport} or null, names in snake_case.
 */
public final class StepLog {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .addModule(new SimpleModule().addSerializer(Instant.class, new ToStringSerializer()))
          .build();

  private final List<StepFigures> steps = new ArrayList<>();
  private Instant previous;

  /**
   * @param startedAt when the wait for the first step began
   */
  public StepLog(Instant startedAt) {
    this.previous = startedAt;
  }

  /**
   * The figures of a step; empty if this step, or a later one, is known already. One from before
   * this run whose beginning is not known took no time.
   */
  public synchronized Optional<StepFigures> add(VersionLineage lineage) {
    if (!steps.isEmpty() && steps.get(steps.size() - 1).step() >= lineage.version().number()) {
      return Optional.empty();
    }
    Duration took = Duration.between(previous, lineage.appliedAt());
    StepFigures figures = StepFigures.of(lineage, took.isNegative() ? Duration.ZERO : took);
    steps.add(figures);
    previous = lineage.appliedAt();
    return Optional.of(figures);
  }

  /** A copy of what is known now. */
  public synchronized List<StepFigures> steps() {
    return List.copyOf(steps);
  }

  private record Document(
      List<StepFigures> steps,
      @Nullable EvaluationReport evaluation,
      Map<String, Object> settings) {}

  /**
   * Writes everything. A regular file is replaced, whole or not at all: a reader never sees half of
   * one; a device or a pipe is written to.
   *
   * @param settings without secrets; see {@link io.gapo.ops.config.ConfigFiles#published}
   */
  public void write(Path file, Optional<EvaluationReport> evaluation, Map<String, Object> settings)
      throws IOException {
    OutputFile.write(
        file, JSON.writeValueAsBytes(new Document(steps(), evaluation.orElse(null), settings)));
  }
}
