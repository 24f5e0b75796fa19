package io.gapo.lab.report;

import java.util.List;
import java.util.stream.Collectors;

/** What it takes to run the comparison again. */
final class FactSection {

  private FactSection() {}

  static Html of(ComparisonResults results) {
    String seeds =
        results.runs().stream()
            .map(RunResult::seed)
            .distinct()
            .sorted()
            .map(String::valueOf)
            .collect(Collectors.joining(", "));
    Html facts =
        Html.all(
                List.of(
                    fact("Command", Html.text(results.command()).in("code")),
                    fact("Commit", Html.text(results.commit()).in("code")),
                    fact("Seeds", Html.text(seeds)),
                    fact("Started", Html.text(results.startedAt())),
                    fact("Duration", Html.text(Figures.duration(results.seconds()))),
                    fact("Objectives", Html.text(String.join(", ", results.objectives())))))
            .in("dl");
    Html settings =
        Html.all(
                Html.text("Settings").in("summary"),
                Html.text(results.settings()).in("code").in("pre", "tabindex", "0"))
            .in("details");
    Html files =
        Html.text("Beside this page: results.json (everything), table.csv, frontier.csv, charts.")
            .in("p", "class", "note");
    return Html.all(Html.text("How it was made").in("h2"), facts, settings, files).in("section");
  }

  private static Html fact(String name, Html value) {
    return Html.all(Html.text(name).in("dt"), value.in("dd"));
  }
}
