package io.gapo.core.step;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Takes means over the union of several batches from the means over each of them. */
final class UnionMean {

  private final double[] weights;

  private UnionMean(double[] weights) {
    this.weights = weights;
  }

  /** Weights each part by its {@code count}, the number of things that its mean is over. */
  static <P> UnionMean by(List<P> parts, ToLongFunction<P> count) {
    double total = parts.stream().mapToLong(count).sum();
    return new UnionMean(
        parts.stream().mapToDouble(part -> count.applyAsLong(part) / total).toArray());
  }

  /**
   * The mean over the union.
   *
   * @param parts in the order of those that the mean was made for
   */
  <P> double of(List<P> parts, ToDoubleFunction<P> mean) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * mean.applyAsDouble(parts.get(i));
    }
    return sum;
  }
}
