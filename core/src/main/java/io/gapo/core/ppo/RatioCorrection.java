package io.gapo.core.ppo;

import io.gapo.core.settings.Bounds;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How much a token counts whose probability has changed since it was sampled.
 *
 * <p>With ρ = π/μ, the policy's probability of a token over that of the behavior policy, the
 * gradient of an objective with advantages A is {@code Σ_t share_t · w(ρ_t) · A_t · ∇log π_t}, in
 * which w is a constant. One optimizer step is made of each batch, so the proximal policy of the
 * decoupled objective (Hilton et al. 2021, arXiv 2110.00641) is the policy itself and costs no
 * further pass. {@link Clip} depends on the sign of A, and with it on the objective. All others are
 * common to the objectives: their gradients are over the same tokens, with the same weights.
 *
 * <p>Bounds hold 1, so that a token that is on-policy is never left out. A log-probability that is
 * not finite gives the weight NaN: whoever trains on it is to notice.
 */
public sealed interface RatioCorrection {

  /** The clip. */
  static RatioCorrection clip() {
    return new Clip();
  }

  /**
   * The weight of each token, constant in the policy; 0 for one that is left out. New arrays, in
   * the same shape.
   *
   * @param logProbs under the policy, nats, by rollout and token
   * @param behavior under the policy that sampled them, likewise
   */
  double[][] weights(double[][] logProbs, double[][] behavior);

  /** Whether the weights are those of every objective. */
  default boolean isCommon() {
    return true;
  }

  /** Weight of {@code log²ρ} of every token as a loss beside the objectives. */
  default double regularisation() {
    return 0;
  }

  /**
   * PPO's clip (Schulman et al. 2017, equation 7): what its tokens weigh depends on the sign of
   * each objective's advantage and is not told here, where every token has its ratio.
   */
  record Clip() implements RatioCorrection {

    @Override
    public double[][] weights(double[][] logProbs, double[][] behavior) {
      return TokenRatios.map(logProbs, behavior, Math::exp);
    }

    @Override
    public boolean isCommon() {
      return false;
    }
  }

  /**
   * Truncated importance sampling, {@code min(ρ, cap)}: nothing is left out. verl (rollout_is =
   * token), SkyRL (tis_ratio_type = token) and TRL (token_truncate) have it, the first two with a
   * cap of 2.
   */
  record Truncated(double cap) implements RatioCorrection {

    public Truncated {
      Bounds.atLeast("truncated.cap", cap, 1.0);
    }

    @Override
    public double[][] weights(double[][] logProbs, double[][] behavior) {
      return TokenRatios.map(logProbs, behavior, logRatio -> Math.min(Math.exp(logRatio), cap));
    }
  }

  /**
   * IcePop's: a token whose ratio lies within [low, high] counts by it, another one does not count.
   * prime-rl had the same until it went over to {@link Divergence}, with bounds of 0.125 and 8; in
   * verl it is rejection by token (rollout_rs = token) together with weights by token.
   */
  record TokenMask(double low, double high) implements RatioCorrection {

    public TokenMask {
      requireAroundOne("token-mask", low, high);
    }

    @Override
    public double[][] weights(double[][] logProbs, double[][] behavior) {
      return TokenRatios.map(
          logProbs,
          behavior,
          logRatio -> {
            double ratio = Math.exp(logRatio);
            return ratio < low || ratio > high ? 0 : ratio;
          });
    }
  }

  /**
   * A sequence counts, each token by its own ratio, if the ratio of the whole lies within [low,
   * high]; else none of its tokens counts. As SkyRL's sequence_mask_metric and verl's rejection by
   * sequence or geometric mean; TRL's sequence_mask has no lower bound, a cap of 3 on the product,
   * and weighs every token of a sequence that it keeps by that product.
   */
  record SequenceMask(SequenceRatio of, double low, double high) implements RatioCorrection {

    public SequenceMask {
      requireAroundOne("sequence-mask." + of.spelling(), low, high);
    }

    @Override
    public double[][] weights(double[][] logProbs, double[][] behavior) {
      double[][] weights = TokenRatios.map(logProbs, behavior, Math::exp);
      for (int i = 0; i < weights.length; i++) {
        double ratio = Math.exp(of.logarithm(TokenRatios.logRatios(logProbs[i], behavior[i])));
        if (ratio < low || ratio > high) {
          Arrays.fill(weights[i], 0);
        }
      }
      return weights;
    }
  }

  /**
   * A token counts by its ratio if its probability has changed by no more than {@code bound}: DPPO
   * with the binary total variation (arXiv 2602.04879). The paper, and prime-rl's default loss with
   * a bound of 0.2, leave a token out only where its advantage pushes on in the direction of the
   * change; that sign is each objective's own, so here it is left out in either direction, as in
   * prime-rl's loss ipo. Their regularisation of every token, 1e-3 · log²ρ, is the same for all
   * objectives.
   */
  record Divergence(double bound, double regularisation) implements RatioCorrection {

    public Divergence {
      Bounds.require(bound > 0 && bound <= 1, "divergence.bound", "above 0 and at most 1", bound);
      Bounds.notNegative("divergence.regularisation", regularisation);
    }

    @Override
    public double[][] weights(double[][] logProbs, double[][] behavior) {
      double[][] weights = TokenRatios.map(logProbs, behavior, Math::exp);
      for (int i = 0; i < weights.length; i++) {
        for (int t = 0; t < weights[i].length; t++) {
          double change = Math.exp(logProbs[i][t]) - Math.exp(behavior[i][t]);
          if (Math.abs(change) > bound && !Double.isNaN(weights[i][t])) {
            weights[i][t] = 0;
          }
        }
      }
      return weights;
    }
  }

  /**
   * M2PO (arXiv 2510.01161): the tokens with the largest {@code log²ρ} of the batch are left out,
   * one after another, until the mean over the others is at most {@code bound}; the others count by
   * their ratios. As in AReaL, whose example has a bound of 0.04, the advantages' signs do not
   * matter.
   */
  record SecondMoment(double bound) implements RatioCorrection {

    private record Place(int rollout, int token) {}

    public SecondMoment {
      Bounds.positive("second-moment.bound", bound);
    }

    @Override
    public double[][] weights(double[][] logProbs, double[][] behavior) {
      double[][] weights = TokenRatios.map(logProbs, behavior, Math::exp);
      double[][] squares = TokenRatios.map(logProbs, behavior, logRatio -> logRatio * logRatio);
      Place[] ascending =
          IntStream.range(0, squares.length)
              .boxed()
              .flatMap(i -> IntStream.range(0, squares[i].length).mapToObj(t -> new Place(i, t)))
              .sorted(Comparator.comparingDouble(at -> squares[at.rollout][at.token]))
              .toArray(Place[]::new);
      // The mean grows with every token that is added, so the first that is too much is the last.
      double sum = 0;
      for (int kept = 0; kept < ascending.length; kept++) {
        Place at = ascending[kept];
        sum += squares[at.rollout][at.token];
        if (sum > bound * (kept + 1)) {
          weights[at.rollout][at.token] = 0;
        }
      }
      return weights;
    }
  }

  private static void requireAroundOne(String setting, double low, double high) {
    Bounds.require(low >= 0 && low < 1, setting + ".low", ">= 0 and below 1", low);
    Bounds.require(
        high > 1 && Double.isFinite(high), setting + ".high", "above 1 and finite", high);
  }
}
