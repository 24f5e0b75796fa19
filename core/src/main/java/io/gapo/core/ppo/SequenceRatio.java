package io.gapo.core.ppo;

import java.util.Arrays;

/** How a sequence's importance ratio is made of those of its tokens. */
public enum SequenceRatio {
  /** The exact ratio of the sequence's probabilities; its spread grows with the length. */
  PRODUCT("product") {
    @Override
    double logarithm(double[] logRatios) {
      return Arrays.stream(logRatios).sum();
    }
  },
  /** The ratio of a typical token, whatever the length. */
  GEOMETRIC_MEAN("geometric-mean") {
    @Override
    double logarithm(double[] logRatios) {
      return Arrays.stream(logRatios).sum() / logRatios.length;
    }
  };

  private final String spelling;

  SequenceRatio(String spelling) {
    this.spelling = spelling;
  }

  /** As settings spell it. */
  public String spelling() {
    return spelling;
  }

  /**
   * Of the sequence's ratio.
   *
   * @param logRatios of its tokens, at least one
   */
  abstract double logarithm(double[] logRatios);
}
