package io.gapo.objectives.rule;

import io.gapo.core.rollout.Rollout;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Prefers a positive tone in English: by a small list of words, {@code (positive - negative) /
 * (positive + negative)}. A negation among the three words before turns a word around. Range: -1 to
 * 1; a response without any of the words scores 0.
 */
public final class Sentiment implements Rule {

  private static final int REACH = 3;
  private static final Set<String> NEGATIONS =
      Set.of(
          "not",
          "no",
          "never",
          "nothing",
          "hardly",
          "without",
          "cannot",
          "can't",
          "don't",
          "doesn't",
          "didn't",
          "isn't",
          "wasn't",
          "aren't",
          "won't",
          "wouldn't",
          "shouldn't");

  private final Set<String> positive = read("positive.txt");
  private final Set<String> negative = read("negative.txt");

  @Override
  public double score(Rollout rollout) {
    List<String> words = Words.of(rollout.response());
    int good = 0;
    int bad = 0;
    for (int i = 0; i < words.size(); i++) {
      boolean isPositive = positive.contains(words.get(i));
      if (isPositive || negative.contains(words.get(i))) {
        boolean turned =
            words.subList(Math.max(0, i - REACH), i).stream().anyMatch(NEGATIONS::contains);
        if (isPositive != turned) {
          good++;
        } else {
          bad++;
        }
      }
    }
    return good + bad == 0 ? 0 : (double) (good - bad) / (good + bad);
  }

  private static Set<String> read(String resource) {
    try (InputStream words = Sentiment.class.getResourceAsStream(resource)) {
      if (words == null) {
        throw new IllegalStateException("the resource %s is missing".formatted(resource));
      }
      return new String(words.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank())
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
