package io.gapo.ops.config;

import io.gapo.core.ppo.LossAggregation;
import io.gapo.core.ppo.RatioCorrection;
import io.gapo.core.ppo.ResponseLimit;
import io.gapo.core.ppo.SequenceRatio;
import io.gapo.core.ppo.TruncatedResponses;
import io.gapo.runtime.gradients.LossSettings;

/** Reads how much tokens count in the losses; reference.conf explains the kinds. */
final class LossConfig {

  /** The corrections that there are. */
  private enum Kind {
    CLIP,
    TRUNCATED,
    TOKEN_MASK,
    SEQUENCE_MASK,
    DIVERGENCE,
    SECOND_MOMENT
  }

  private LossConfig() {}

  /**
   * The losses of a run.
   *
   * @param training block {@code gapo.training}
   * @param maxResponseTokens that are sampled
   */
  static LossSettings of(Block training, int maxResponseTokens) {
    Block overlong = training.block("soft-overlong");
    return new LossSettings(
        correction(training.block("ratio-correction")),
        training.oneOf("loss-aggregation", LossAggregation.class),
        training.make(
            () ->
                new ResponseLimit(
                    maxResponseTokens,
                    training.oneOf("truncated-responses", TruncatedResponses.class),
                    overlong.wholeNumber("cache-tokens"),
                    overlong.number("penalty"))));
  }

  private static RatioCorrection correction(Block block) {
    return block.make(
        () ->
            switch (block.oneOf("kind", Kind.class)) {
              case CLIP -> RatioCorrection.clip();
              case TRUNCATED ->
                  new RatioCorrection.Truncated(block.block("truncated").number("cap"));
              case TOKEN_MASK -> {
                Block bounds = block.block("token-mask");
                yield new RatioCorrection.TokenMask(bounds.number("low"), bounds.number("high"));
              }
              case SEQUENCE_MASK -> sequenceMask(block.block("sequence-mask"));
              case DIVERGENCE -> {
                Block divergence = block.block("divergence");
                yield new RatioCorrection.Divergence(
                    divergence.number("bound"), divergence.number("regularisation"));
              }
              case SECOND_MOMENT ->
                  new RatioCorrection.SecondMoment(block.block("second-moment").number("bound"));
            });
  }

  private static RatioCorrection sequenceMask(Block block) {
    SequenceRatio of = block.oneOf("of", SequenceRatio.class);
    Block bounds = block.block(of.spelling());
    return new RatioCorrection.SequenceMask(of, bounds.number("low"), bounds.number("high"));
  }
}
