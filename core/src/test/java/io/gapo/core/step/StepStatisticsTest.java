package io.gapo.core.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.ppo.LossAggregation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepStatisticsTest {

  @Test
  void weighsRolloutMeansByRolloutsAndTokenMeansByTokens() {
    StepStatistics merged =
        StepStatistics.of(List.of(statistics(1, 30, 2.0, "forward"), statistics(3, 10, 4.0, "x")));

    assertThat(merged.perObjective())
        .containsExactly(new ObjectiveStatistics("helpful", 3.5, 3.5, 3.5, 3.5, 3.5, 3.5));
    assertThat(merged.staleness().mean()).isCloseTo(3.5, within(1e-12));
    assertThat(merged.policy().kl()).isCloseTo(2.5, within(1e-12));
    assertThat(merged.ratios().max()).isEqualTo(4);
    assertThat(merged.staleness().max()).isEqualTo(4);
    assertThat(merged.rollouts()).isEqualTo(4);
    assertThat(merged.responseTokens()).isEqualTo(40);
    assertThat(merged.phaseSeconds()).isEqualTo(Map.of("forward", 2.0, "x", 4.0));
  }

  @Test
  void isItselfWhenThereIsOnePart() {
    StepStatistics part = statistics(1, 30, 2.0, "forward");

    assertThat(StepStatistics.of(List.of(part))).isEqualTo(part);
  }

  @Test
  void lossesThatAreMeansOverTokensAreWeighedByTokens() {
    StepStatistics merged =
        StepStatistics.of(
            List.of(
                aggregated(statistics(1, 30, 2.0, "x"), LossAggregation.TOKEN_MEAN),
                aggregated(statistics(3, 10, 4.0, "x"), LossAggregation.TOKEN_MEAN)));

    assertThat(merged.aggregation()).isEqualTo(LossAggregation.TOKEN_MEAN);
    assertThat(merged.perObjective())
        .containsExactly(new ObjectiveStatistics("helpful", 3.5, 3.5, 2.5, 2.5, 3.5, 3.5));
  }

  @Test
  void refusesToMergeLossesOfOtherTokens() {
    StepStatistics part = statistics(1, 1, 1.0, "x");

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> StepStatistics.of(List.of(part, aggregated(part, LossAggregation.CONSTANT))))
        .withMessageContaining("gapo.training.loss-aggregation");
  }

  private static StepStatistics aggregated(StepStatistics of, LossAggregation aggregation) {
    return new StepStatistics(
        of.perObjective(),
        of.rollouts(),
        of.responseTokens(),
        aggregation,
        of.policy(),
        of.ratios(),
        of.staleness(),
        of.phaseSeconds());
  }

  @Test
  void addsAPhase() {
    assertThat(statistics(1, 1, 1.0, "forward").withPhase("backward", 3).phaseSeconds())
        .isEqualTo(Map.of("forward", 1.0, "backward", 3.0));
  }

  @Test
  void refusesToMergeStatisticsOfOtherObjectives() {
    StepStatistics part = statistics(1, 1, 1.0, "forward");
    StepStatistics other = StepStatistics.none(List.of("harmless"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> StepStatistics.of(List.of(part, other)))
        .withMessageContaining("harmless");
  }

  /** Every figure is {@code value}. */
  private static StepStatistics statistics(int rollouts, long tokens, double value, String phase) {
    return new StepStatistics(
        List.of(new ObjectiveStatistics("helpful", value, value, value, value, value, value)),
        rollouts,
        tokens,
        new PolicyStatistics(value, value, value),
        new ImportanceRatios(value, value, value),
        new Staleness(value, (long) value),
        Map.of(phase, value));
  }
}
