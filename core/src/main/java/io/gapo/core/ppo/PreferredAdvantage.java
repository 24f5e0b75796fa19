package io.gapo.core.ppo;

import java.util.List;

/**
 * Advantages that count as much as each rollout's prompt asks: P-GAPO with a λ for every prompt
 * (after Li et al., ACL 2025, arXiv 2507.01915, whose P-GAPO has one λ for all).
 *
 * <p>With a preference λ(x) for each prompt x, the step is {@code d = Σₓ Σᵢ λᵢ(x)/nᵢ · ∇Jᵢ(x)}:
 * Jᵢ(x) is what prompt x adds to objective i's clipped surrogate, and nᵢ = ‖Σₓ ∇Jᵢ(x)‖ is the norm
 * of the whole, <em>unweighted</em> gradient, so that λ acts on gradients of unit length as in
 * P-GAPO, and an objective that few prompts ask for is not scaled up for it. The clipped surrogate
 * {@code min(ρA, clip(ρ)A)} is positively homogeneous in A: it is λᵢ(x) times as large, gradient
 * and all, when A is multiplied by λᵢ(x) ≥ 0. So d is the one backward pass of Σᵢ wᵢLᵢ′, where Lᵢ′
 * is the loss of these advantages.
 *
 * <p>The factor is M·λᵢ(x), and wᵢ = (1/M)/nᵢ: that is P-GAPO with even shares, and a prompt that
 * asks for even shares counts as it would there. If all prompts ask for one λ, wᵢ·Mλᵢ = λᵢ/nᵢ, and
 * the step is that of P-GAPO(λ). With wᵢ = 1/M it is MORLHF's, for each prompt with its own λ.
 */
public final class PreferredAdvantage {

  private PreferredAdvantage() {}

  /**
   * New advantages, in the same shape.
   *
   * @param advantages by objective, rollout and token
   * @param preferences λ of each rollout, shape (M)
   */
  public static double[][][] of(double[][][] advantages, List<double[]> preferences) {
    int objectives = advantages.length;
    double[][][] preferred = new double[objectives][][];
    for (int m = 0; m < objectives; m++) {
      preferred[m] = new double[advantages[m].length][];
      for (int i = 0; i < advantages[m].length; i++) {
        double factor = objectives * preferences.get(i)[m];
        preferred[m][i] = new double[advantages[m][i].length];
        for (int t = 0; t < preferred[m][i].length; t++) {
          preferred[m][i][t] = factor * advantages[m][i][t];
        }
      }
    }
    return preferred;
  }
}
