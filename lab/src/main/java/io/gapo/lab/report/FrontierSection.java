package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The report's frontiers, and what is measured on them.
 *
 * @param preference what λ stands for
 * @param reference of all hypervolumes, its two scores
 */
record FrontierSection(Chart chart, String preference, Table table, String reference) {

  static FrontierSection of(Frontiers frontiers, Chart chart) {
    List<String> objectives = List.copyOf(frontiers.frontiers().get(0).adherence().keySet());
    return new FrontierSection(
        chart,
        preference(objectives),
        table(frontiers, objectives),
        Figures.fixed(frontiers.reference().first(), 2)
            + ", "
            + Figures.fixed(frontiers.reference().second(), 2));
  }

  private static String preference(List<String> objectives) {
    return objectives.size() == 2
        ? "the preference for %s, the rest being for %s"
            .formatted(objectives.get(0), objectives.get(1))
        : "the preferences for " + String.join(" / ", objectives);
  }

  private static Table table(Frontiers frontiers, List<String> objectives) {
    List<String> header = new ArrayList<>(List.of("method", "λ", "hypervolume", "spacing"));
    objectives.forEach(objective -> header.add("adherence " + objective));
    header.addAll(List.of("on the joint front", "rollouts of all runs", "time of all runs"));
    double largest =
        frontiers.frontiers().stream()
            .flatMap(frontier -> frontier.hypervolume().stream())
            .mapToDouble(SeedEstimate::mean)
            .max()
            .orElse(Double.NaN);
    boolean compared = frontiers.frontiers().size() > 1;
    return new Table(
        "Frontiers: mean ± standard error over seeds; ★ marks the largest hypervolume",
        header,
        frontiers.frontiers().stream()
            .map(
                frontier ->
                    new Table.Row(frontier.label(), cells(frontier, objectives, largest, compared)))
            .toList());
  }

  private static List<Table.Cell> cells(
      Frontier frontier, List<String> objectives, double largest, boolean compared) {
    List<Table.Cell> cells = new ArrayList<>();
    cells.add(
        Table.Cell.of(
            frontier.points().stream()
                .map(point -> point.row().sharesText())
                .collect(Collectors.joining(", "))));
    boolean best =
        compared && frontier.hypervolume().filter(found -> found.mean() == largest).isPresent();
    cells.add(Table.Cell.of(frontier.hypervolume(), Column.Unit.SCORE, best));
    cells.add(Table.Cell.of(frontier.spacing(), Column.Unit.SCORE, false));
    for (String objective : objectives) {
      Optional<SeedEstimate> adherence =
          frontier.adherence().getOrDefault(objective, Optional.empty());
      cells.add(Table.Cell.of(adherence, Column.Unit.SCORE, false));
    }
    cells.add(
        Table.Cell.of("%s of %s".formatted(frontier.onJointFront(), frontier.points().size())));
    cells.add(Table.Cell.of(Figures.fixed(frontier.rollouts(), 0)));
    cells.add(Table.Cell.of(Figures.duration(frontier.seconds())));
    return cells;
  }
}
