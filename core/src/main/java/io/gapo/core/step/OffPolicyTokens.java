package io.gapo.core.step;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far the policy is from the one that sampled some tokens, and how much these still count.
 *
 * @param tokens how many there are
 * @param mismatchKl KL(behavior policy || policy) in nats a token, by Schulman's k3: never negative
 * @param meanWeight that the ratio correction gives to a token
 * @param meanSquareWeight likewise
 * @param maskedShare of the tokens, that the correction leaves out of all objectives; 0 for the
 *     clip, which leaves others out of each
 */
public record OffPolicyTokens(
    long tokens,
    double mismatchKl,
    double meanWeight,
    double meanSquareWeight,
    double maskedShare) {

  /** Those of a batch without tokens. */
  public static final OffPolicyTokens NONE = new OffPolicyTokens(0, 0, 0, 0, 0);

  /** Adds up one token after another. */
  private static final class Sums {
    private long tokens;
    private double mismatchKl;
    private double weight;
    private double squareWeight;
    private long masked;

    void add(double logRatio, double of) {
      tokens++;
      mismatchKl += Math.expm1(logRatio) - logRatio;
      weight += of;
      squareWeight += of * of;
      masked += of == 0 ? 1 : 0;
    }

    OffPolicyTokens means() {
      return new OffPolicyTokens(
          tokens,
          mismatchKl / tokens,
          weight / tokens,
          squareWeight / tokens,
          (double) masked / tokens);
    }
  }

  /**
   * Those of a batch by their staleness, in policy versions. All arrays are by rollout and token.
   *
   * @param logProbs under the policy, nats
   * @param behavior under the policy that sampled them, nats
   * @param weights by the ratio correction; 0 for a token that is left out
   * @param staleness of each token
   */
  public static SortedMap<Long, OffPolicyTokens> byStaleness(
      double[][] logProbs, double[][] behavior, double[][] weights, long[][] staleness) {
    SortedMap<Long, Sums> sums = new TreeMap<>();
    for (int i = 0; i < weights.length; i++) {
      for (int t = 0; t < weights[i].length; t++) {
        sums.computeIfAbsent(staleness[i][t], s -> new Sums())
            .add(logProbs[i][t] - behavior[i][t], weights[i][t]);
      }
    }
    SortedMap<Long, OffPolicyTokens> means = new TreeMap<>();
    sums.forEach((versions, sum) -> means.put(versions, sum.means()));
    return means;
  }

  /** Those of the union of batches, by staleness. */
  static SortedMap<Long, OffPolicyTokens> union(List<SortedMap<Long, OffPolicyTokens>> parts) {
    SortedMap<Long, List<OffPolicyTokens>> grouped = new TreeMap<>();
    for (SortedMap<Long, OffPolicyTokens> part : parts) {
      part.forEach(
          (versions, tokens) ->
              grouped.computeIfAbsent(versions, s -> new ArrayList<>()).add(tokens));
    }
    SortedMap<Long, OffPolicyTokens> union = new TreeMap<>();
    grouped.forEach((versions, tokens) -> union.put(versions, together(tokens)));
    return union;
  }

  /** All of these. */
  static OffPolicyTokens together(Collection<OffPolicyTokens> parts) {
    List<OffPolicyTokens> all = List.copyOf(parts);
    if (all.isEmpty()) {
      return NONE;
    }
    UnionMean mean = UnionMean.by(all, OffPolicyTokens::tokens);
    return new OffPolicyTokens(
        all.stream().mapToLong(OffPolicyTokens::tokens).sum(),
        mean.of(all, OffPolicyTokens::mismatchKl),
        mean.of(all, OffPolicyTokens::meanWeight),
        mean.of(all, OffPolicyTokens::meanSquareWeight),
        mean.of(all, OffPolicyTokens::maskedShare));
  }

  /**
   * Kish's effective sample size {@code (Σw)² / Σw²} as a share of the tokens, 0 to 1: how many
   * tokens of equal weight would have a sum as exact. 0 where all are left out.
   */
  public double effectiveSampleSize() {
    return meanSquareWeight == 0 ? 0 : meanWeight * meanWeight / meanSquareWeight;
  }
}
