package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The report's charts over training steps. */
final class LearningSection {

  private LearningSection() {}

  static Optional<Html> of(List<ChartGroup> groups) {
    if (groups.isEmpty()) {
      return Optional.empty();
    }
    List<Html> parts = new ArrayList<>();
    parts.add(Html.text("Training").in("h2"));
    for (int i = 0; i < groups.size(); i++) {
      parts.add(group(groups.get(i), i == 0));
    }
    return Optional.of(Html.all(parts).in("section"));
  }

  private static Html group(ChartGroup group, boolean open) {
    Html charts =
        Html.all(group.charts().stream().map(ChartFigure::of).toList())
            .in("div", "class", "charts");
    Html body =
        Html.all(
            Html.text(group.title()).in("summary"),
            Html.text(note(group.window())).in("p", "class", "note"),
            charts);
    return open ? body.in("details", "open", "") : body.in("details");
  }

  private static String note(int window) {
    String steps = window > 1 ? "moving average over " + window + " steps" : "every step";
    return "Training batches; mean over seeds, " + steps + ". The raw steps are in results.json.";
  }
}
