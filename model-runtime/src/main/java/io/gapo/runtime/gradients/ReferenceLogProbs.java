package io.gapo.runtime.gradients;

import io.gapo.core.rollout.Rollout;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Log-probabilities of responses under the reference policy. No version changes them, so each
 * response's are computed once, for its batch or before.
 *
 * <p>Those used last are kept, up to a bound.
 */
final class ReferenceLogProbs {

  private final Function<PackedRollouts, float[]> reference;
  private final int microBatchTokens;
  private final long keptTokens;

  /** By the rollout's digest, the least recently used first. */
  private final Map<String, double[]> kept = new LinkedHashMap<>(16, 0.75f, true);

  private long tokens;

  /**
   * @param reference runs the reference policy: log-probabilities of the response tokens, shape (N)
   * @param microBatchTokens that go through the model together, padding included
   * @param keptTokens response tokens to keep the log-probabilities of, at most
   */
  ReferenceLogProbs(
      Function<PackedRollouts, float[]> reference, int microBatchTokens, long keptTokens) {
    this.reference = reference;
    this.microBatchTokens = microBatchTokens;
    this.keptTokens = keptTokens;
  }

  /** By rollout and response token; computes those that are not kept. */
  double[][] of(List<Rollout> rollouts) {
    List<String> digests = rollouts.stream().map(Rollout::digest).toList();
    double[][] rows = new double[rollouts.size()][];
    List<Integer> missing = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      rows[i] = kept.get(digests.get(i));
      if (rows[i] == null) {
        missing.add(i);
      }
    }
    if (!missing.isEmpty()) {
      double[][] computed = compute(missing.stream().map(rollouts::get).toList());
      for (int k = 0; k < computed.length; k++) {
        rows[missing.get(k)] = computed[k];
        keep(digests.get(missing.get(k)), computed[k]);
      }
    }
    return rows;
  }

  private double[][] compute(List<Rollout> rollouts) {
    double[][] rows = BatchTokens.newRows(rollouts);
    for (PackedRollouts pack : PackedRollouts.pack(rollouts, microBatchTokens)) {
      BatchTokens.scatter(pack, reference.apply(pack), 0, rows);
    }
    return rows;
  }

  private void keep(String digest, double[] logProbs) {
    if (kept.put(digest, logProbs) == null) {
      tokens += logProbs.length;
    }
    Iterator<double[]> oldest = kept.values().iterator();
    while (tokens > keptTokens && oldest.hasNext()) {
      tokens -= oldest.next().length;
      oldest.remove();
    }
  }
}
