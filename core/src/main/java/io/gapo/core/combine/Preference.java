package io.gapo.core.combine;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * How much a user wants of each objective; only the ratios count.
 *
 * @param shares λ, one an objective, non-negative; scaled to sum to 1
 */
public record Preference(List<Double> shares) {

  public Preference {
    double sum = 0;
    for (double share : shares) {
      if (!(share >= 0)) {
        throw new IllegalArgumentException("preferences must be >= 0, was " + shares);
      }
      sum += share;
    }
    if (!(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("preferences must have a finite sum > 0, was " + shares);
    }
    double total = sum;
    shares = shares.stream().map(share -> share / total).toList();
  }

  public static Preference of(double... shares) {
    return new Preference(Arrays.stream(shares).boxed().toList());
  }

  /** As much of each of M objectives. */
  public static Preference even(int objectives) {
    return new Preference(Collections.nCopies(objectives, 1.0));
  }

  /** λ, shape (M), for a Gram matrix of as many objectives. */
  double[] sharesFor(GramMatrix gram) {
    if (gram.objectives() != shares.size()) {
      throw new IllegalArgumentException(
          "the preference %s is for %s objectives, the run has %s"
              .formatted(shares, shares.size(), gram.objectives()));
    }
    return shares.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
