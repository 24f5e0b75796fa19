package io.gapo.ops.metrics;

import io.gapo.core.step.OffPolicyTokens;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/** How far the newest step's policy is from those that sampled its tokens, by their staleness. */
final class OffPolicyGauges {

  private final List<Figure> figures;
  private final Set<Long> shown = new TreeSet<>();

  private record Figure(Gauges gauge, ToDoubleFunction<OffPolicyTokens> value) {}

  /** Those of tokens that are on-policy exist before the first step, without a value. */
  OffPolicyGauges(MeterRegistry registry) {
    this.figures =
        List.of(
            new Figure(
                new Gauges(
                    registry,
                    "gapo.offpolicy.trained",
                    "Tokens that trained in the newest step, by the versions since they were sampled",
                    "tokens"),
                OffPolicyTokens::tokens),
            new Figure(
                new Gauges(
                    registry,
                    "gapo.offpolicy.mismatch.kl",
                    "Mean KL divergence of the policy from the one that sampled the tokens",
                    "nats"),
                OffPolicyTokens::mismatchKl),
            new Figure(
                new Gauges(
                    registry,
                    "gapo.offpolicy.effective.sample.size",
                    "Effective sample size by the ratio correction's weights, of each token",
                    "ratio"),
                OffPolicyTokens::effectiveSampleSize),
            new Figure(
                new Gauges(
                    registry,
                    "gapo.offpolicy.masked",
                    "Share of the tokens that the ratio correction leaves out of all objectives",
                    "ratio"),
                OffPolicyTokens::maskedShare));
    shown.add(0L);
    set(Map.of());
  }

  /** Shows the newest step; a staleness that it has no tokens of has no value. */
  void set(Map<Long, OffPolicyTokens> byStaleness) {
    shown.addAll(byStaleness.keySet());
    for (long staleness : shown) {
      OffPolicyTokens tokens = byStaleness.get(staleness);
      for (Figure figure : figures) {
        figure
            .gauge()
            .set(
                tokens == null ? Double.NaN : figure.value().applyAsDouble(tokens),
                "staleness",
                Long.toString(staleness));
      }
    }
  }
}
