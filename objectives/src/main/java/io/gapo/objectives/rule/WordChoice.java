package io.gapo.objectives.rule;

import io.gapo.core.rollout.Rollout;
import io.gapo.core.settings.Bounds;
import java.util.Collection;
import java.util.List;

/**
 * The share of the required words that the response has, less the share of the forbidden ones.
 * Range: -1 to 1; without required words -1 to 0, without forbidden ones 0 to 1. Capitals do not
 * matter; an entry may be of several words.
 */
public record WordChoice(List<String> required, List<String> forbidden) implements Rule {

  public WordChoice {
    required = required.stream().map(WordChoice::normalized).toList();
    forbidden = forbidden.stream().map(WordChoice::normalized).toList();
    Bounds.require(
        !required.isEmpty() || !forbidden.isEmpty(),
        "required",
        "at least one word where forbidden has none",
        required);
    requireWords("required", required);
    requireWords("forbidden", forbidden);
  }

  private static void requireWords(String setting, Collection<String> entries) {
    Bounds.require(
        entries.stream().noneMatch(String::isBlank),
        setting,
        "words of letters or digits",
        entries);
  }

  @Override
  public double score(Rollout rollout) {
    String response = normalized(rollout.response());
    return share(required, response) - share(forbidden, response);
  }

  private static double share(List<String> entries, String response) {
    return entries.isEmpty()
        ? 0
        : (double) entries.stream().filter(response::contains).count() / entries.size();
  }

  /** The words, each between spaces: an entry is contained only where whole words are. */
  private static String normalized(String text) {
    return " " + String.join(" ", Words.of(text)) + " ";
  }
}
