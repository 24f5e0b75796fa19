package io.gapo.runtime.gradients;

import io.gapo.core.ppo.LossAggregation;
import io.gapo.core.ppo.RatioCorrection;
import io.gapo.core.ppo.ResponseLimit;
import io.gapo.core.ppo.TruncatedResponses;

/**
 * How much each token counts in the losses, alike for all objectives but for the clip.
 *
 * @param correction for tokens that another policy sampled
 * @param aggregation what a batch's loss is of its tokens'
 * @param limit of a response's length
 */
public record LossSettings(
    RatioCorrection correction, LossAggregation aggregation, ResponseLimit limit) {

  /** PPO's clip over means over sequences, of responses of at most 512 tokens. */
  public static final LossSettings PPO =
      new LossSettings(
          RatioCorrection.clip(),
          LossAggregation.SEQUENCE_MEAN,
          new ResponseLimit(512, TruncatedResponses.TRAIN, 128, 1));
}
