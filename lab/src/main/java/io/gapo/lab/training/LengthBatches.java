package io.gapo.lab.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Examples, by their indices, in batches of similar length, so that little padding is computed. */
final class LengthBatches {

  private static final int STRETCH = 16;

  private LengthBatches() {}

  /**
   * All examples once, in batches whose order is random too: shuffled, then sorted by length within
   * stretches of a few batches, so that every epoch mixes differently.
   *
   * @param length of an example, by its index
   */
  static List<List<Integer>> of(int count, IntUnaryOperator length, int batchSize, Random random) {
    List<Integer> shuffled = indices(count);
    Collections.shuffle(shuffled, random);
    List<List<Integer>> batches = new ArrayList<>();
    for (List<Integer> stretch : slices(shuffled, STRETCH * batchSize)) {
      stretch.sort(Comparator.comparingInt(length::applyAsInt));
      batches.addAll(slices(stretch, batchSize));
    }
    Collections.shuffle(batches, random);
    return batches;
  }

  /** All examples once, shortest first, as many together as fit into a micro-batch. */
  static List<List<Integer>> byTokens(ExampleSet<?, ?> examples, int rowsAnExample, int tokens) {
    List<Integer> sorted = indices(examples.size());
    sorted.sort(Comparator.comparingInt(examples::length));
    return microBatches(sorted, examples::length, rowsAnExample, tokens);
  }

  /**
   * Parts of a batch that go through the model together; an example that is too long goes alone.
   *
   * @param sorted shortest first
   * @param rows that an example takes
   * @param tokens of a part at most, padding included
   */
  static List<List<Integer>> microBatches(
      List<Integer> sorted, IntUnaryOperator length, int rows, int tokens) {
    List<List<Integer>> parts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < sorted.size(); i++) {
      long withIt = (long) length.applyAsInt(sorted.get(i)) * rows * (i - from + 1);
      if (i > from && withIt > tokens) {
        parts.add(sorted.subList(from, i));
        from = i;
      }
    }
    if (from < sorted.size()) {
      parts.add(sorted.subList(from, sorted.size()));
    }
    return parts;
  }

  private static List<Integer> indices(int count) {
    return new ArrayList<>(IntStream.range(0, count).boxed().toList());
  }

  private static List<List<Integer>> slices(List<Integer> whole, int size) {
    List<List<Integer>> slices = new ArrayList<>();
    for (int from = 0; from < whole.size(); from += size) {
      slices.add(whole.subList(from, Math.min(whole.size(), from + size)));
    }
    return slices;
  }
}
