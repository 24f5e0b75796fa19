package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ResponseLimitTest {

  @Test
  void thePenaltyGrowsLinearlyOverTheCacheUpToTheLimit() {
    ResponseLimit limit = new ResponseLimit(100, TruncatedResponses.SOFT_OVERLONG, 20, 2);

    assertThat(limit.penalty(1)).isZero();
    assertThat(limit.penalty(80)).isZero();
    assertThat(limit.penalty(81)).isEqualTo(-0.1);
    assertThat(limit.penalty(90)).isEqualTo(-1);
    assertThat(limit.penalty(100)).isEqualTo(-2);
    // Sampled before the limit was lowered.
    assertThat(limit.penalty(150)).isEqualTo(-2);
    assertThat(limit.trains(true)).isTrue();
  }

  @Test
  void onlyTheMaskLeavesTruncatedResponsesOut() {
    ResponseLimit mask = new ResponseLimit(100, TruncatedResponses.MASK, 20, 1);
    ResponseLimit train = new ResponseLimit(100, TruncatedResponses.TRAIN, 128, 1);

    assertThat(mask.trains(true)).isFalse();
    assertThat(mask.trains(false)).isTrue();
    assertThat(mask.penalty(100)).isZero();
    assertThat(train.trains(true)).isTrue();
    assertThat(train.penalty(100)).isZero();
  }

  @Test
  void namesTheSettingThatItRejects() {
    assertThatThrownBy(() -> new ResponseLimit(48, TruncatedResponses.SOFT_OVERLONG, 128, 1))
        .hasMessageContainingAll(
            "soft-overlong.cache-tokens", "gapo.sampling.max-response-tokens, 48", "was 128");
    assertThatThrownBy(() -> new ResponseLimit(48, TruncatedResponses.TRAIN, 0, 1))
        .hasMessageStartingWith("soft-overlong.cache-tokens");
    assertThatThrownBy(() -> new ResponseLimit(48, TruncatedResponses.TRAIN, 1, 0))
        .hasMessageStartingWith("soft-overlong.penalty");
  }
}
