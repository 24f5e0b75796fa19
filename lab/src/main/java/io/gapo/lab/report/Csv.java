package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The table and the frontier as comma-separated values (RFC 4180), one header line, figures in full
 * precision, empty where there is none. Shares are from 0 to 1.
 */
final class Csv {

  private Csv() {}

  /** One line a method and preference: each figure, and its standard error over seeds. */
  static String table(ResultTable table, List<String> objectives) {
    List<List<String>> lines = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("method", "seeds"));
    objectives.forEach(objective -> header.add("lambda " + objective));
    table.columns().forEach(column -> addNames(column.name(), header));
    lines.add(header);
    for (ResultTable.Row row : table.rows()) {
      List<String> line = new ArrayList<>(List.of(row.method().label(), row.method().seedsText()));
      addPreference(row.method().preference(), objectives, line);
      row.cells().forEach(cell -> addFigures(cell.estimate(), line));
      lines.add(line);
    }
    return text(lines);
  }

  /** One line a point; what belongs to the whole frontier stands in each of its lines. */
  static String frontier(Optional<Frontiers> frontiers, List<String> objectives) {
    List<List<String>> lines = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("method", "seeds"));
    objectives.forEach(objective -> header.add("lambda " + objective));
    objectives.stream()
        .limit(2)
        .forEach(objective -> addNames(MeasureNames.score(objective), header));
    header.add("on joint front");
    addNames("hypervolume", header);
    addNames("spacing", header);
    objectives.forEach(objective -> addNames("adherence " + objective, header));
    header.add("rollouts");
    header.add("seconds");
    lines.add(header);
    frontiers.ifPresent(
        found ->
            found
                .frontiers()
                .forEach(
                    frontier ->
                        frontier
                            .points()
                            .forEach(point -> lines.add(line(frontier, point, objectives)))));
    return text(lines);
  }

  private static List<String> line(
      Frontier frontier, FrontierPoint point, List<String> objectives) {
    List<String> line = new ArrayList<>(List.of(frontier.label(), point.row().seedsText()));
    addPreference(point.row().preference(), objectives, line);
    addFigures(Optional.of(point.first()), line);
    addFigures(Optional.of(point.second()), line);
    line.add(String.valueOf(point.onJointFront()));
    addFigures(frontier.hypervolume(), line);
    addFigures(frontier.spacing(), line);
    frontier.adherence().values().forEach(adherence -> addFigures(adherence, line));
    line.add(String.valueOf(frontier.rollouts()));
    line.add(String.valueOf(frontier.seconds()));
    return line;
  }

  private static void addPreference(
      Map<String, Double> preference, List<String> objectives, List<String> line) {
    for (String objective : objectives) {
      Double share = preference.get(objective);
      line.add(share == null ? "" : share.toString());
    }
  }

  private static void addNames(String figure, List<String> header) {
    header.add(figure);
    header.add(figure + " standard error");
  }

  private static void addFigures(Optional<SeedEstimate> estimate, List<String> line) {
    line.add(estimate.map(each -> String.valueOf(each.mean())).orElse(""));
    line.add(
        estimate
            .flatMap(each -> each.standardError().stream().boxed().findFirst())
            .map(String::valueOf)
            .orElse(""));
  }

  private static String text(List<List<String>> lines) {
    return lines.stream()
        .map(line -> line.stream().map(Csv::quoted).collect(Collectors.joining(",")) + "\r\n")
        .collect(Collectors.joining());
  }

  private static String quoted(String field) {
    return field.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
        ? '"' + field.replace("\"", "\"\"") + '"'
        : field;
  }
}
