package io.gapo.lab.world;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Nouns that there are not, such as "brimole": whoever learns from prompts on them has to take a
 * topic's name from the prompt, and cannot know it by heart.
 */
final class InventedNouns {

  private static final List<String> ONSETS =
      List.of(
          "b", "br", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n",
          "p", "pl", "qu", "r", "s", "sh", "sl", "sp", "st", "t", "th", "tr", "v", "w", "y", "z",
          "");
  private static final List<String> VOWELS =
      List.of("a", "e", "i", "o", "u", "ai", "ea", "ee", "oo", "ou", "ie", "y");
  private static final List<String> CODAS =
      List.of(
          "", "", "", "b", "ck", "d", "g", "l", "ll", "m", "n", "nd", "ng", "nt", "p", "r", "rd",
          "rt", "s", "st", "t", "x");
  private static final List<String> ENDINGS =
      List.of("", "", "", "er", "et", "le", "on", "or", "ow", "a", "ing", "board", "top", "box");

  private InventedNouns() {}

  static String invent(SplittableRandom random) {
    StringBuilder noun = new StringBuilder();
    int syllables = 1 + random.nextInt(2);
    for (int i = 0; i < syllables; i++) {
      noun.append(Choice.of(ONSETS, random))
          .append(Choice.of(VOWELS, random))
          .append(Choice.of(CODAS, random));
    }
    noun.append(Choice.of(ENDINGS, random));
    return noun.length() < 3 ? noun + "m" : noun.toString();
  }
}
