package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The report's frontiers, and what is measured on them. */
final class FrontierSection {

  private FrontierSection() {}

  static Html of(Frontiers frontiers, Chart chart) {
    List<String> header = new ArrayList<>(List.of("method", "λ", "hypervolume", "spacing"));
    List<String> objectives = List.copyOf(frontiers.frontiers().get(0).adherence().keySet());
    objectives.forEach(objective -> header.add("adherence " + objective));
    header.addAll(List.of("on the joint front", "rollouts of all runs", "time of all runs"));
    HtmlTable table =
        new HtmlTable(
            "Frontiers: mean ± standard error over seeds; ★ marks the largest hypervolume", header);
    double largest =
        frontiers.frontiers().stream()
            .flatMap(frontier -> frontier.hypervolume().stream())
            .mapToDouble(SeedEstimate::mean)
            .max()
            .orElse(Double.NaN);
    boolean compared = frontiers.frontiers().size() > 1;
    frontiers
        .frontiers()
        .forEach(
            frontier ->
                table.addRow(frontier.label(), cells(frontier, objectives, largest, compared)));
    return Html.all(
            Html.text("Frontier").in("h2"),
            ChartFigure.of(chart),
            Html.text(lines(objectives)).in("p", "class", "note"),
            table.html(),
            note(frontiers))
        .in("section");
  }

  private static String lines(List<String> objectives) {
    String share =
        objectives.size() == 2
            ? "the preference for %s, the rest being for %s"
                .formatted(objectives.get(0), objectives.get(1))
            : "the preferences for " + String.join(" / ", objectives);
    return "Each line is one method through its λ, "
        + share
        + ", which stands beside each point; bars are one standard error over seeds.";
  }

  private static List<Html> cells(
      Frontier frontier, List<String> objectives, double largest, boolean compared) {
    List<Html> cells = new ArrayList<>();
    cells.add(
        HtmlTable.cell(
            String.join(
                ", ",
                frontier.points().stream()
                    .map(point -> point.row().preferenceText().substring("λ ".length()))
                    .toList())));
    boolean best =
        compared && frontier.hypervolume().filter(found -> found.mean() == largest).isPresent();
    cells.add(HtmlTable.cell(frontier.hypervolume(), Column.Unit.SCORE, best));
    cells.add(HtmlTable.cell(frontier.spacing(), Column.Unit.SCORE, false));
    for (String objective : objectives) {
      Optional<SeedEstimate> adherence =
          frontier.adherence().getOrDefault(objective, Optional.empty());
      cells.add(HtmlTable.cell(adherence, Column.Unit.SCORE, false));
    }
    cells.add(
        HtmlTable.cell("%s of %s".formatted(frontier.onJointFront(), frontier.points().size())));
    cells.add(HtmlTable.cell(String.format(Locale.ROOT, "%.0f", frontier.rollouts())));
    cells.add(HtmlTable.cell(Figures.duration(frontier.seconds())));
    return cells;
  }

  private static Html note(Frontiers frontiers) {
    return Html.text(
            """
            Hypervolume is the area that a method dominates down to the point (%s, %s), the same \
            for all: a tenth of the range below the worst scores of these runs. Spacing (Schott) \
            is how unevenly the points lie that the method itself does not dominate, in score \
            units; 0 is even, and it says nothing of how good they are. Adherence is the rank \
            correlation between the asked λ and the score reached, 1 at best. These are taken in \
            each seed that has all λ. On the joint front are the points that no method's point \
            dominates, by their means.\
            """
                .formatted(
                    Figures.fixed(frontiers.reference().first(), 2),
                    Figures.fixed(frontiers.reference().second(), 2)))
        .in("p", "class", "note");
  }
}
