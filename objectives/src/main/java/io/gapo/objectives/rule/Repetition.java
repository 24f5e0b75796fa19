package io.gapo.objectives.rule;

import io.gapo.core.rollout.Rollout;
import io.gapo.core.settings.Bounds;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Prefers responses that do not repeat themselves: the share of a response's n-grams of words that
 * did not occur in it before. Range: above 0 to 1; a response of fewer than n words scores 1.
 *
 * @param size n: words of an n-gram
 */
public record Repetition(int size) implements Rule {

  private static final int LONGEST = 20;

  public Repetition {
    Bounds.require(size >= 1 && size <= LONGEST, "size", "from 1 to " + LONGEST, size);
  }

  @Override
  public double score(Rollout rollout) {
    List<String> words = Words.of(rollout.response());
    int grams = words.size() - size + 1;
    if (grams <= 0) {
      return 1;
    }
    Set<List<String>> distinct = new HashSet<>();
    for (int i = 0; i < grams; i++) {
      distinct.add(words.subList(i, i + size));
    }
    return (double) distinct.size() / grams;
  }
}
