package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.gapo.actors.collector.CollectorSettings;
import io.gapo.core.ppo.KlTarget;
import io.gapo.core.ppo.LossAggregation;
import io.gapo.core.ppo.RatioCorrection;
import io.gapo.core.ppo.ResponseLimit;
import io.gapo.core.ppo.SequenceRatio;
import io.gapo.core.ppo.TruncatedResponses;
import io.gapo.runtime.gradients.LossSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LossConfigTest {

  @Test
  void theDefaultsArePposClipOverMeansOfSequences() {
    assertThat(losses("")).isEqualTo(LossSettings.PPO);
  }

  @Test
  void everyKindHasItsOwnBounds() {
    assertThat(correction("truncated")).isEqualTo(new RatioCorrection.Truncated(2));
    assertThat(correction("token-mask")).isEqualTo(new RatioCorrection.TokenMask(0.5, 5));
    assertThat(correction("sequence-mask"))
        .isEqualTo(new RatioCorrection.SequenceMask(SequenceRatio.PRODUCT, 0, 3));
    assertThat(correction("sequence-mask, sequence-mask.of = geometric-mean"))
        .isEqualTo(new RatioCorrection.SequenceMask(SequenceRatio.GEOMETRIC_MEAN, 0.99, 1.01));
    assertThat(correction("divergence")).isEqualTo(new RatioCorrection.Divergence(0.2, 1e-3));
    assertThat(correction("second-moment, second-moment.bound = 0.01"))
        .isEqualTo(new RatioCorrection.SecondMoment(0.01));
  }

  @Test
  void whatIsDividedByAndWhatBecomesOfLongResponsesAreSettingsToo() {
    LossSettings losses =
        losses(
            """
            loss-aggregation = token-mean, truncated-responses = soft-overlong
            soft-overlong { cache-tokens = 64, penalty = 2 }
            """);

    assertThat(losses.aggregation()).isEqualTo(LossAggregation.TOKEN_MEAN);
    assertThat(losses.limit())
        .isEqualTo(new ResponseLimit(512, TruncatedResponses.SOFT_OVERLONG, 64, 2));
  }

  @Test
  void aTargetForTheDivergenceReachesTheCollector() {
    assertThat(collector(Map.of()).klTarget()).isEmpty();
    assertThat(
            collector(
                    Map.of(
                        "gapo.training.kl-coefficient", 0.05, "gapo.training.kl-target.value", 0.1))
                .klTarget())
        .contains(new KlTarget(0.05, 0.1, 2000));
  }

  private static CollectorSettings collector(Map<String, Object> settings) {
    return GapoConfig.from(
            ConfigFiles.load(
                Optional.empty(),
                Map.of("gapo.objectives", List.of(Map.of("name", "a", "external", Map.of()))),
                settings))
        .collector()
        .stage();
  }

  private static RatioCorrection correction(String kind) {
    return losses("ratio-correction { kind = %s }".formatted(kind)).correction();
  }

  private static LossSettings losses(String training) {
    return LossConfig.of(
        Block.of(
            ConfigFactory.parseString("gapo.training { %s }".formatted(training))
                .withFallback(ConfigFactory.defaultReference())
                .resolve(),
            "gapo.training"),
        512);
  }
}
