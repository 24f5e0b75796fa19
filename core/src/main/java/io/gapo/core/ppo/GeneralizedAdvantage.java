package io.gapo.core.ppo;

import io.gapo.core.settings.Bounds;

/**
 * Generalized advantage estimation (Schulman et al., ICLR 2016, equations 11 to 16).
 *
 * <p>{@code δ_t = r_t + γ V_{t+1} − V_t, A_t = δ_t + γλ A_{t+1}}, both 0 after the last token.
 * Advantages are not whitened: that would cancel the differences of scale between objectives.
 *
 * @param gamma γ, the discount of later rewards, in [0, 1]; Safe RLHF has 1
 * @param lambda λ, in [0, 1]: 0 trusts the values, 1 the rewards; Safe RLHF has 0.95
 */
public record GeneralizedAdvantage(double gamma, double lambda) {

  /**
   * The estimate for one response.
   *
   * @param advantages shape (T)
   * @param returns {@code A_t + V_t}, what the value head should have said, shape (T)
   */
  public record Estimate(double[] advantages, double[] returns) {}

  public GeneralizedAdvantage {
    Bounds.fraction("gamma", gamma);
    Bounds.fraction("lambda", lambda);
  }

  /**
   * Advantages and returns of one response.
   *
   * @param rewards shape (T)
   * @param values of the states that its tokens were chosen in, shape (T)
   */
  public Estimate estimate(double[] rewards, double[] values) {
    int tokens = Sequences.requireSameLength(rewards, values);
    double[] advantages = new double[tokens];
    double[] returns = new double[tokens];
    double nextAdvantage = 0;
    double nextValue = 0;
    for (int t = tokens - 1; t >= 0; t--) {
      double error = rewards[t] + gamma * nextValue - values[t];
      nextAdvantage = error + gamma * lambda * nextAdvantage;
      nextValue = values[t];
      advantages[t] = nextAdvantage;
      returns[t] = nextAdvantage + nextValue;
    }
    return new Estimate(advantages, returns);
  }
}
