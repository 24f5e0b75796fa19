package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LossAggregationTest {

  /** Two sequences of 2 and 8 tokens, of at most 10. */
  @Test
  void sharesOutALossByItsTokens() {
    assertThat(LossAggregation.SEQUENCE_MEAN.share(2, 10, 2, 10)).isEqualTo(0.25);
    assertThat(LossAggregation.SEQUENCE_MEAN.share(2, 10, 8, 10)).isEqualTo(0.0625);
    assertThat(LossAggregation.TOKEN_MEAN.share(2, 10, 2, 10)).isEqualTo(0.1);
    assertThat(LossAggregation.TOKEN_MEAN.share(2, 10, 8, 10)).isEqualTo(0.1);
    assertThat(LossAggregation.CONSTANT.share(2, 10, 2, 10)).isEqualTo(0.05);
    assertThat(LossAggregation.CONSTANT.share(2, 10, 8, 10)).isEqualTo(0.05);
  }
}
