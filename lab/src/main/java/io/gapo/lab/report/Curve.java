package io.gapo.lab.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One line of a chart over steps.
 *
 * @param mean over seeds, one a step of the chart; NaN is a gap
 * @param error standard error of each mean; NaN where there is none
 * @param marked indices of the steps whose points have a marker
 */
record Curve(
    String name,
    @JsonIgnore SeriesStyle style,
    List<Double> mean,
    List<Double> error,
    List<Integer> marked) {

  Curve {
    if (mean.size() != error.size()) {
      throw new IllegalArgumentException(
          "curve '%s' has %s means and %s errors".formatted(name, mean.size(), error.size()));
    }
    mean = List.copyOf(mean);
    error = List.copyOf(error);
    marked = List.copyOf(marked);
  }

  /** A curve without markers. */
  Curve(String name, SeriesStyle style, List<Double> mean, List<Double> error) {
    this(name, style, mean, error, List.of());
  }

  /** Indices of what is no gap. */
  private IntStream points() {
    return IntStream.range(0, mean.size()).filter(i -> Double.isFinite(mean.get(i)));
  }

  boolean hasPoints() {
    return points().findAny().isPresent();
  }

  /**
   * A curve with markers at even distances.
   *
   * @param count of markers, about
   * @param shift of the first, as a part of the distance: equal curves with different shifts both
   *     show
   */
  Curve marked(int count, double shift) {
    int distance = Math.max(1, mean.size() / count);
    List<Integer> marked = new ArrayList<>();
    for (int i = (int) (distance * shift); i < mean.size(); i += distance) {
      if (Double.isFinite(mean.get(i))) {
        marked.add(i);
      }
    }
    if (marked.isEmpty()) {
      points().limit(1).forEach(marked::add);
    }
    return new Curve(name, style, mean, error, marked);
  }

  /** The last mean that is no gap, or NaN. */
  double last() {
    return points().mapToDouble(mean::get).reduce(Double.NaN, (before, after) -> after);
  }
}
