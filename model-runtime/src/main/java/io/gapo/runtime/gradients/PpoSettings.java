package io.gapo.runtime.gradients;

import io.gapo.core.ppo.GeneralizedAdvantage;
import io.gapo.core.ppo.KlEstimator;
import io.gapo.core.settings.Bounds;
import java.util.HashSet;
import java.util.List;

/**
 * PPO as Safe RLHF does it (Dai et al., ICLR 2024), for several objectives at once.
 *
 * @param objectives names, in the order of every rollout's scores
 * @param losses how much each token counts
 * @param comparison by which of their gradients the objectives are weighed
 * @param temperature that responses are sampled at
 * @param memory what a step may take
 * @param preferred whether every rollout carries a preference, and its advantages count by it in
 *     the update, see {@link io.gapo.core.ppo.PreferredAdvantage}
 */
public record PpoSettings(
    List<String> objectives,
    AdvantageSettings advantages,
    ClipSettings clips,
    LossSettings losses,
    KlPenalty kl,
    GradientComparison comparison,
    double temperature,
    StepMemory memory,
    boolean preferred) {

  public PpoSettings {
    objectives = List.copyOf(objectives);
    if (objectives.isEmpty() || new HashSet<>(objectives).size() != objectives.size()) {
      throw new IllegalArgumentException(
          "objectives must be one or more different names, was " + objectives);
    }
    Bounds.positive("temperature", temperature);
    int count = objectives.size();
    comparison.sum().ifPresent(sum -> sum.requireRoom(count));
    if (advantages.combination().isPresent() && (kl.inside() > 0 || preferred)) {
      throw new IllegalArgumentException(
          "one advantage of all objectives' scores has the KL penalty beside it and no preferences"
              + " of rollouts");
    }
  }

  /** Safe RLHF's values, at temperature 1. */
  public static PpoSettings of(List<String> objectives) {
    return new PpoSettings(
        objectives,
        new AdvantageSettings(AdvantageKind.GAE, new GeneralizedAdvantage(1, 0.95), false),
        new ClipSettings(0.2, 5, 50),
        LossSettings.PPO,
        new KlPenalty(0.02, KlPlacement.INSIDE, KlEstimator.K1),
        GradientComparison.LAST_LAYER,
        1,
        StepMemory.DEFAULT,
        false);
  }

  /** The same with another penalty. */
  PpoSettings with(KlPenalty penalty) {
    return new PpoSettings(
        objectives, advantages, clips, losses, penalty, comparison, temperature, memory, preferred);
  }

  /** The same within another memory. */
  public PpoSettings with(StepMemory stepMemory) {
    return new PpoSettings(
        objectives, advantages, clips, losses, kl, comparison, temperature, stepMemory, preferred);
  }
}
