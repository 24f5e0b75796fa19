package io.gapo.core.step;

import java.util.List;

/**
 * How far the policy is from the behavior policy, by the ratio of their probabilities of each
 * response token.
 *
 * @param mean over the tokens
 * @param max likewise
 * @param clipFraction share of tokens whose ratio lies outside the clip range
 */
public record ImportanceRatios(double mean, double max, double clipFraction) {

  /** The ratios of a batch without rollouts. */
  public static final ImportanceRatios NONE = new ImportanceRatios(0, 0, 0);

  /** The ratios of the union of batches. */
  static ImportanceRatios ofUnion(List<ImportanceRatios> parts, UnionMean overTokens) {
    return new ImportanceRatios(
        overTokens.of(parts, ImportanceRatios::mean),
        parts.stream().mapToDouble(ImportanceRatios::max).max().orElseThrow(),
        overTokens.of(parts, ImportanceRatios::clipFraction));
  }
}
