package io.gapo.objectives.rule;

import io.gapo.core.rollout.Rollout;
import java.util.List;

/**
 * Prefers English that is easy to read: Flesch's reading ease (Flesch, "A new readability
 * yardstick", 1948), {@code 206.835 - 1.015 words/sentences - 84.6 syllables/words}, cut to 0 to
 * 100 and divided by 100. Range: 0 to 1; a response without words scores 0. Syllables are estimated
 * by groups of vowels.
 */
public record ReadingEase() implements Rule {

  private static final String VOWELS = "aeiouy";

  @Override
  public double score(Rollout rollout) {
    List<String> words = Words.of(rollout.response());
    if (words.isEmpty()) {
      return 0;
    }
    double syllables = words.stream().mapToInt(ReadingEase::syllables).sum();
    double sentences = sentences(rollout.response());
    double ease = 206.835 - 1.015 * words.size() / sentences - 84.6 * syllables / words.size();
    return Math.max(0, Math.min(100, ease)) / 100;
  }

  /** Ends of sentences that follow a word; at least 1. */
  private static int sentences(String text) {
    int sentences = 0;
    boolean open = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isLetterOrDigit(c)) {
        open = true;
      } else if (open && isEnd(text, i)) {
        sentences++;
        open = false;
      }
    }
    return Math.max(1, open ? sentences + 1 : sentences);
  }

  /** A point inside a number or a name ends nothing. */
  private static boolean isEnd(String text, int at) {
    char c = text.charAt(at);
    boolean followed = at + 1 < text.length() && Character.isLetterOrDigit(text.charAt(at + 1));
    return c == '!' || c == '?' || c == '\n' || (c == '.' && !followed);
  }

  private static int syllables(String word) {
    int groups = 0;
    boolean inVowels = false;
    for (int i = 0; i < word.length(); i++) {
      boolean vowel = VOWELS.indexOf(word.charAt(i)) >= 0;
      if (vowel && !inVowels) {
        groups++;
      }
      inVowels = vowel;
    }
    boolean silent = word.endsWith("e") && !word.endsWith("le") && groups > 1;
    return Math.max(1, silent ? groups - 1 : groups);
  }
}
