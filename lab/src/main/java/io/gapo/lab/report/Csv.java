package io.gapo.lab.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The table and the frontier as comma-separated values (RFC 4180), one header line, figures in full
 * precision, empty where there is none. Shares are from 0 to 1.
 */
final class Csv {

  private static final CsvMapper MAPPER =
      CsvMapper.builder().enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING).build();

  private static final String LINE_END = "\r\n";

  private Csv() {}

  /** One line a method and preference: each figure, and its standard error over seeds. */
  static String table(ResultTable table, List<String> objectives) {
    List<String> header = header(objectives);
    table.columns().forEach(column -> addNames(column.name(), header));
    List<Map<String, Object>> lines = new ArrayList<>();
    for (ResultTable.Row row : table.rows()) {
      Map<String, Object> line = line(row.method(), objectives);
      for (int i = 0; i < row.cells().size(); i++) {
        putFigures(table.columns().get(i).name(), row.cells().get(i).estimate(), line);
      }
      lines.add(line);
    }
    return text(header, lines);
  }

  /** One line a point; what belongs to the whole frontier stands in each of its lines. */
  static String frontier(Optional<Frontiers> frontiers, List<String> objectives) {
    List<String> header = header(objectives);
    objectives.stream()
        .limit(2)
        .forEach(objective -> addNames(MeasureNames.score(objective), header));
    header.add("on joint front");
    addNames("hypervolume", header);
    addNames("spacing", header);
    objectives.forEach(objective -> addNames("adherence " + objective, header));
    header.add("rollouts");
    header.add("seconds");
    List<Map<String, Object>> lines = new ArrayList<>();
    frontiers.ifPresent(
        found ->
            found
                .frontiers()
                .forEach(
                    frontier ->
                        frontier
                            .points()
                            .forEach(
                                point -> lines.add(line(found, frontier, point, objectives)))));
    return text(header, lines);
  }

  private static Map<String, Object> line(
      Frontiers frontiers, Frontier frontier, FrontierPoint point, List<String> objectives) {
    Map<String, Object> line = line(point.row(), objectives);
    putFigures(MeasureNames.score(frontiers.first()), Optional.of(point.first()), line);
    putFigures(MeasureNames.score(frontiers.second()), Optional.of(point.second()), line);
    line.put("on joint front", point.onJointFront());
    putFigures("hypervolume", frontier.hypervolume(), line);
    putFigures("spacing", frontier.spacing(), line);
    frontier
        .adherence()
        .forEach((objective, estimate) -> putFigures("adherence " + objective, estimate, line));
    line.put("rollouts", frontier.rollouts());
    line.put("seconds", frontier.seconds());
    return line;
  }

  private static List<String> header(List<String> objectives) {
    List<String> header = new ArrayList<>(List.of("method", "seeds"));
    objectives.forEach(objective -> header.add("lambda " + objective));
    return header;
  }

  private static Map<String, Object> line(MethodRow row, List<String> objectives) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("method", row.label());
    line.put("seeds", row.seedsText());
    for (String objective : objectives) {
      Double share = row.preference().get(objective);
      if (share != null) {
        line.put("lambda " + objective, share);
      }
    }
    return line;
  }

  private static void addNames(String figure, List<String> header) {
    header.add(figure);
    header.add(standardError(figure));
  }

  private static void putFigures(
      String figure, Optional<SeedEstimate> estimate, Map<String, Object> line) {
    estimate.ifPresent(
        found -> {
          line.put(figure, found.mean());
          found.standardError().ifPresent(error -> line.put(standardError(figure), error));
        });
  }

  private static String standardError(String figure) {
    return figure + " standard error";
  }

  private static String text(List<String> header, List<Map<String, Object>> lines) {
    CsvSchema.Builder columns = CsvSchema.builder();
    header.forEach(columns::addColumn);
    CsvSchema schema = columns.build().withHeader().withLineSeparator(LINE_END);
    try {
      return MAPPER.writer(schema).writeValueAsString(lines);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write a table as CSV", e);
    }
  }
}
