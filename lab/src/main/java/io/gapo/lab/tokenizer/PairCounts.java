package io.gapo.lab.tokenizer;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * How often each pair of neighboring tokens occurs in a corpus, kept up to date while pairs are
 * merged: a merge touches only the words that hold the pair.
 */
final class PairCounts {

  /** Two neighbors and how often they occur. */
  record Pair(int left, int right, long count) {

    private static final Comparator<Pair> MOST_FREQUENT_FIRST =
        Comparator.comparingLong(Pair::count)
            .reversed()
            .thenComparingInt(Pair::left)
            .thenComparingInt(Pair::right);
  }

  /** A word of the corpus as tokens so far. */
  static final class Word {

    private final int[] tokens;
    private final long count;
    private int length;

    /** Takes over {@code tokens}. */
    Word(int[] tokens, long count) {
      this.tokens = tokens;
      this.count = count;
      this.length = tokens.length;
    }

    private void merge(Pair pair, int merged) {
      int kept = 0;
      for (int i = 0; i < length; i++) {
        boolean isPair =
            i + 1 < length && tokens[i] == pair.left() && tokens[i + 1] == pair.right();
        tokens[kept++] = isPair ? merged : tokens[i];
        if (isPair) {
          i++;
        }
      }
      length = kept;
    }
  }

  private static final Pair NONE = new Pair(0, 0, 0);

  private final Map<Long, Long> counts = new HashMap<>();
  private final Map<Long, Set<Word>> words = new HashMap<>();

  /** Holds each pair with its present count, and perhaps with older ones. */
  private final PriorityQueue<Pair> queue = new PriorityQueue<>(Pair.MOST_FREQUENT_FIRST);

  PairCounts(List<Word> corpus) {
    Set<Long> pairs = new HashSet<>();
    corpus.forEach(word -> count(word, 1, pairs));
    pairs.forEach(this::enqueue);
  }

  /** The most frequent pair, on a tie that of lower token ids; one of count 0 if there is none. */
  Pair mostFrequent() {
    while (!queue.isEmpty()) {
      Pair pair = queue.remove();
      if (counts.getOrDefault(key(pair.left(), pair.right()), 0L) == pair.count()) {
        return pair;
      }
    }
    return NONE;
  }

  /** Replaces a pair by one token everywhere. */
  void merge(Pair pair, int merged) {
    Set<Word> holders = words.getOrDefault(key(pair.left(), pair.right()), Set.of());
    Set<Long> changed = new HashSet<>();
    for (Word word : List.copyOf(holders)) {
      count(word, -1, changed);
      word.merge(pair, merged);
      count(word, 1, changed);
    }
    changed.forEach(this::enqueue);
  }

  private void count(Word word, int sign, Set<Long> changed) {
    for (int i = 0; i + 1 < word.length; i++) {
      long key = key(word.tokens[i], word.tokens[i + 1]);
      counts.merge(key, sign * word.count, Long::sum);
      if (sign > 0) {
        words.computeIfAbsent(key, unused -> new HashSet<>()).add(word);
      }
      changed.add(key);
    }
  }

  private void enqueue(long key) {
    long count = counts.getOrDefault(key, 0L);
    if (count > 0) {
      queue.add(new Pair((int) (key >>> 32), (int) key, count));
    } else {
      counts.remove(key);
      words.remove(key);
    }
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }
}
