package io.gapo.runtime.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.runtime.learner.LearningRateSchedule.Shape;
import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {

  @Test
  void staysConstant() {
    LearningRateSchedule constant = LearningRateSchedule.constant();

    assertThat(constant.share(0)).isEqualTo(1);
    assertThat(constant.share(1_000_000)).isEqualTo(1);
  }

  @Test
  void warmsUpAndFallsAlongHalfACosine() {
    LearningRateSchedule cosine = LearningRateSchedule.cosine(4, 104);

    assertThat(cosine.share(0)).isEqualTo(0.25);
    assertThat(cosine.share(3)).isEqualTo(1);
    assertThat(cosine.share(4)).isEqualTo(1);
    assertThat(cosine.share(54)).isCloseTo(0.5, within(1e-12));
    assertThat(cosine.share(104)).isCloseTo(0, within(1e-12));
    assertThat(cosine.share(500)).isCloseTo(0, within(1e-12));
  }

  @Test
  void endsACosineAtItsFinalShare() {
    LearningRateSchedule cosine = new LearningRateSchedule(Shape.COSINE, 0, 10, 0.1);

    assertThat(cosine.share(0)).isEqualTo(1);
    assertThat(cosine.share(10)).isCloseTo(0.1, within(1e-12));
  }

  @Test
  void refusesWhatIsNoSchedule() {
    assertThatThrownBy(() -> LearningRateSchedule.cosine(10, 10))
        .hasMessage("warmup-steps must be < total-steps (10), was 10");
    assertThatThrownBy(() -> LearningRateSchedule.cosine(-1, 10))
        .hasMessageContaining("warmup-steps");
    assertThatThrownBy(() -> new LearningRateSchedule(Shape.CONSTANT, 0, 1, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("final share");
  }
}
