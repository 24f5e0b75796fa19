package io.gapo.lab.report;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A prompt and what each policy answers, that of the lowest seed. All texts are untrusted.
 *
 * @param cards of the policies that were asked
 */
record Sample(String prompt, List<Card> cards) {

  Sample {
    cards = List.copyOf(cards);
  }

  /**
   * One policy's answer.
   *
   * @param scores each with its objective
   */
  record Card(String policy, String scores, String response) {

    static Card of(String policy, Map<String, Double> scores, String response) {
      return new Card(
          policy,
          scores.entrySet().stream()
              .map(score -> score.getKey() + " " + Figures.fixed(score.getValue(), 2))
              .collect(Collectors.joining(", ")),
          response);
    }
  }

  /** Every prompt of any run once, in the order of first appearance. */
  static List<Sample> of(ComparisonResults results) {
    Set<String> prompts = new LinkedHashSet<>();
    results.runs().forEach(run -> run.answers().forEach(answer -> prompts.add(answer.prompt())));
    List<MethodRow> rows = MethodRow.of(results);
    return prompts.stream()
        .map(
            prompt ->
                new Sample(
                    prompt, rows.stream().flatMap(row -> card(row, prompt).stream()).toList()))
        .toList();
  }

  private static Optional<Card> card(MethodRow row, String prompt) {
    return row.runs().stream()
        .min(Comparator.comparingLong(RunResult::seed))
        .flatMap(
            run ->
                run.answers().stream().filter(answer -> answer.prompt().equals(prompt)).findFirst())
        .map(answer -> Card.of(row.name(), answer.scores(), answer.response()));
  }
}
