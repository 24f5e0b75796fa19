package io.gapo.lab.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Learns a byte-level BPE vocabulary: starts from the 256 bytes and merges the most frequent
 * neighbors again and again (Sennrich et al., ACL 2016), within the words that GPT-2's pattern
 * finds.
 *
 * <p>Deterministic: the result depends on the texts' words and their counts alone, since ties go to
 * the pair of lower token ids.
 *
 * @param vocabularySize tokens wanted, special tokens and bytes included; fewer are made when no
 *     pair is left that occurs twice
 */
public record BytePairTrainer(int vocabularySize) {

  private static final int LEAST_FREQUENCY = 2;

  /** GPT-2's words, as the ByteLevel pre-tokenizer of Hugging Face's tokenizers splits them. */
  private static final Pattern WORD =
      Pattern.compile(
          "'(?:s|t|re|ve|m|ll|d)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  public BytePairTrainer {
    if (vocabularySize < BytePairVocabulary.LEAST_SIZE) {
      throw new IllegalArgumentException(
          "vocabulary size must be >= %s (special tokens and bytes), was %s"
              .formatted(BytePairVocabulary.LEAST_SIZE, vocabularySize));
    }
  }

  /** The vocabulary that these texts suggest. */
  public BytePairVocabulary train(Stream<String> texts) {
    Map<String, Long> wordCounts = new HashMap<>();
    texts.forEach(text -> countWords(text, wordCounts));
    BytePairVocabulary vocabulary = new BytePairVocabulary();
    PairCounts pairs = new PairCounts(splitIntoBytes(wordCounts, vocabulary));
    while (vocabulary.size() < vocabularySize) {
      PairCounts.Pair best = pairs.mostFrequent();
      if (best.count() < LEAST_FREQUENCY) {
        break;
      }
      pairs.merge(best, vocabulary.merge(best.left(), best.right()));
    }
    return vocabulary;
  }

  private static void countWords(String text, Map<String, Long> counts) {
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      counts.merge(matcher.group(), 1L, Long::sum);
    }
  }

  private static List<PairCounts.Word> splitIntoBytes(
      Map<String, Long> wordCounts, BytePairVocabulary vocabulary) {
    List<PairCounts.Word> words = new ArrayList<>(wordCounts.size());
    wordCounts.forEach(
        (word, count) -> words.add(new PairCounts.Word(vocabulary.byteTokens(word), count)));
    return words;
  }
}
