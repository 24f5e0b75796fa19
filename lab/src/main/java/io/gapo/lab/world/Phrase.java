package io.gapo.lab.world;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A sentence of the world, recognized by its content words in any order and surroundings.
 *
 * @param negations among its words; a sentence that negates differently says something else
 */
record Phrase(String text, Set<String> contentWords, Set<String> negations) {

  private static final Set<String> NEGATIONS = Set.of("not", "never", "cannot", "no", "without");

  /** Words that carry no content, connectors included. */
  static final Set<String> FUNCTION_WORDS =
      Set.of(
          "a", "an", "the", "it", "its", "to", "of", "with", "for", "in", "on", "at", "by", "from",
          "is", "are", "am", "be", "were", "and", "or", "but", "that", "this", "what", "you",
          "your", "i", "my", "me", "do", "so", "will", "if", "as", "us", "we", "he", "she", "they",
          "her", "his", "them", "first", "then", "next", "after", "finally", "last", "also",
          "please");

  static Phrase of(String text) {
    Set<String> words = new LinkedHashSet<>(words(text.replaceAll("\\{\\w+}", " ")));
    Set<String> content = new LinkedHashSet<>(words);
    content.removeAll(FUNCTION_WORDS);
    return new Phrase(text, Set.copyOf(content), negationsOf(words));
  }

  /** Lower-case words; anything between spaces and punctuation marks counts as a word. */
  static List<String> words(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[\\s.,!?;:\"]+", -1))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  /** Whether a sentence of these words, with {@link #negationsOf} them, says it. */
  boolean isSaidBy(Set<String> sentenceWords, Set<String> sentenceNegations) {
    return sentenceWords.containsAll(contentWords) && negations.equals(sentenceNegations);
  }

  static Set<String> negationsOf(Set<String> words) {
    Set<String> found = new LinkedHashSet<>(words);
    found.retainAll(NEGATIONS);
    return Set.copyOf(found);
  }
}
