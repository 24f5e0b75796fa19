package io.gapo.lab.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;

/**
 * Examples in random batches of similar length: shuffled, then sorted by length within stretches of
 * a few batches, so that little padding is computed and every epoch mixes differently.
 */
final class LengthBatches {

  private static final int STRETCH = 16;

  private LengthBatches() {}

  /** All examples once, in batches whose order is random too. */
  static <T> List<List<T>> of(
      List<T> examples, ToIntFunction<T> length, int batchSize, Random random) {
    List<T> shuffled = new ArrayList<>(examples);
    Collections.shuffle(shuffled, random);
    List<List<T>> batches = new ArrayList<>();
    for (List<T> stretch : slices(shuffled, STRETCH * batchSize)) {
      stretch.sort(Comparator.comparingInt(length));
      batches.addAll(slices(stretch, batchSize));
    }
    Collections.shuffle(batches, random);
    return batches;
  }

  /** All examples once, shortest first. */
  static <T> List<List<T>> inOrderOfLength(
      List<T> examples, ToIntFunction<T> length, int batchSize) {
    List<T> sorted = new ArrayList<>(examples);
    sorted.sort(Comparator.comparingInt(length));
    return slices(sorted, batchSize);
  }

  private static <T> List<List<T>> slices(List<T> whole, int size) {
    List<List<T>> slices = new ArrayList<>();
    for (int from = 0; from < whole.size(); from += size) {
      slices.add(whole.subList(from, Math.min(whole.size(), from + size)));
    }
    return slices;
  }
}
