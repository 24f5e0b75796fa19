package io.gapo.core.step;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far the policy is from the behavior policy, by the ratio of their probabilities of each
 * response token.
 *
 * @param mean over the tokens
 * @param max likewise
 * @param clipFraction share of tokens whose ratio lies outside the clip range
 * @param byStaleness the tokens that train, by the policy versions since they were sampled; empty
 *     in records from before it was told
 */
public record ImportanceRatios(
    double mean, double max, double clipFraction, SortedMap<Long, OffPolicyTokens> byStaleness) {

  /** The ratios of a batch without rollouts. */
  public static final ImportanceRatios NONE = new ImportanceRatios(0, 0, 0);

  public ImportanceRatios {
    byStaleness = Collections.unmodifiableSortedMap(new TreeMap<>(byStaleness));
  }

  /** Ratios without what is known of tokens by their staleness. */
  public ImportanceRatios(double mean, double max, double clipFraction) {
    this(mean, max, clipFraction, Collections.emptySortedMap());
  }

  /** The ratios of the union of batches. */
  static ImportanceRatios ofUnion(List<ImportanceRatios> parts, UnionMean overTokens) {
    return new ImportanceRatios(
        overTokens.of(parts, ImportanceRatios::mean),
        parts.stream().mapToDouble(ImportanceRatios::max).max().orElseThrow(),
        overTokens.of(parts, ImportanceRatios::clipFraction),
        OffPolicyTokens.union(parts.stream().map(ImportanceRatios::byStaleness).toList()));
  }

  /** All tokens that train, whatever their staleness. */
  public OffPolicyTokens tokens() {
    return OffPolicyTokens.together(byStaleness.values());
  }
}
