package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The same prompts, answered by each policy. */
final class SampleSection {

  private SampleSection() {}

  /** Empty if no run has answers. */
  static Optional<Html> of(ComparisonResults results) {
    Set<String> prompts = new LinkedHashSet<>();
    results.runs().forEach(run -> run.answers().forEach(answer -> prompts.add(answer.prompt())));
    if (prompts.isEmpty()) {
      return Optional.empty();
    }
    List<MethodRow> rows = MethodRow.of(results);
    List<Html> parts = new ArrayList<>();
    parts.add(Html.text("Samples").in("h2"));
    parts.add(
        Html.text("The same prompts answered by every policy, that of the lowest seed.")
            .in("p", "class", "note"));
    for (String prompt : prompts) {
      Html cards =
          Html.all(rows.stream().flatMap(row -> card(row, prompt).stream()).toList())
              .in("div", "class", "samples");
      Html body = Html.all(isolated(prompt).in("summary"), cards);
      parts.add(parts.size() == 2 ? body.in("details", "open", "") : body.in("details"));
    }
    return Optional.of(Html.all(parts).in("section"));
  }

  /** Nothing if the row's policy was not asked. */
  private static Optional<Html> card(MethodRow row, String prompt) {
    return row.runs().stream()
        .min(Comparator.comparingLong(RunResult::seed))
        .flatMap(
            run ->
                run.answers().stream().filter(answer -> answer.prompt().equals(prompt)).findFirst())
        .map(answer -> card(row.name(), answer));
  }

  private static Html card(String policy, Answer answer) {
    List<String> scores = new ArrayList<>();
    answer
        .scores()
        .forEach((objective, score) -> scores.add(objective + " " + Figures.fixed(score, 2)));
    return Html.all(
            Html.text(policy).in("h3"),
            Html.text(String.join(", ", scores)).in("p", "class", "note"),
            isolated(answer.response()).in("p", "class", "answer"))
        .in("article");
  }

  /** Text of another direction does not turn around what stands beside it. */
  private static Html isolated(String text) {
    return Html.text(text).in("bdi");
  }
}
