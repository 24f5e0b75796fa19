package io.gapo.core.ppo;

import io.gapo.core.settings.Bounds;

/**
 * The scale on which an objective's scores become rewards. Scores themselves stay as they are: what
 * is reported, compared and held against a threshold is what the objective said.
 */
public sealed interface ScoreNormaliser {

  /** Rewards are scores. */
  static ScoreNormaliser none() {
    return new Fixed(0, 1);
  }

  /**
   * A score as it enters the reward.
   *
   * @param learned moments of the scores that were trained on before
   */
  double normalise(double score, ScoreMoments learned);

  /** What the moments are after a step. */
  default ScoreMoments learn(ScoreMoments before, ScoreMoments batch) {
    return ScoreMoments.NONE;
  }

  /**
   * {@code (score − shift) · scale}.
   *
   * @param scale above 0: higher stays better
   */
  record Fixed(double shift, double scale) implements ScoreNormaliser {

    public Fixed {
      Bounds.finite("shift", shift);
      Bounds.finite("scale", scale);
      Bounds.positive("scale", scale);
    }

    @Override
    public double normalise(double score, ScoreMoments learned) {
      return (score - shift) * scale;
    }
  }

  /**
   * {@code (score − mean) / deviation} of the scores that were trained on before; only the mean is
   * taken off where they do not differ.
   *
   * @param window about how many steps the two are taken over: a step counts 1 − 1/window as much
   *     as the next
   */
  record Running(int window) implements ScoreNormaliser {

    public Running {
      Bounds.atLeast("window", window, 1);
    }

    @Override
    public double normalise(double score, ScoreMoments learned) {
      double deviation = learned.deviation();
      return (score - learned.mean()) / (deviation > 0 ? deviation : 1);
    }

    @Override
    public ScoreMoments learn(ScoreMoments before, ScoreMoments batch) {
      return before.and(batch, 1 - 1.0 / window);
    }
  }
}
