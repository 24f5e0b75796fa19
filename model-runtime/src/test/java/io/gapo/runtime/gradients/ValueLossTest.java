package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ValueLossTest {

  private final ValueLoss loss = new ValueLoss(5);

  @Test
  void isHalfTheSquaredErrorNearTheOldValue() {
    ValueLoss.Evaluation evaluation =
        loss.evaluate(
            new double[][] {{1, 3}, {4}},
            new double[][] {{0, 3}, {4}},
            new double[][] {{3, 3}, {2}});

    assertThat(evaluation.loss()).isEqualTo((0.5 * (4 + 0) / 2 + 0.5 * 4) / 2);
    assertThat(evaluation.gradient()).isDeepEqualTo(new double[][] {{-0.5, 0}, {1}});
  }

  @Test
  void aValueThatRanAheadOfItsClipPaysForTheClippedOneIfThatIsWorse() {
    // From 0 the value went to 8, where the return is 10; clipped to 5 the error is 5, not 2.
    ValueLoss.Evaluation evaluation =
        loss.evaluate(new double[][] {{8}}, new double[][] {{0}}, new double[][] {{10}});

    assertThat(evaluation.loss()).isEqualTo(12.5);
    assertThat(evaluation.gradient()[0]).containsExactly(0);
  }

  @Test
  void aValueThatOvershotIsStillPulledBack() {
    ValueLoss.Evaluation evaluation =
        loss.evaluate(new double[][] {{8}}, new double[][] {{0}}, new double[][] {{4}});

    assertThat(evaluation.loss()).isEqualTo(8);
    assertThat(evaluation.gradient()[0]).containsExactly(4);
  }

  @Test
  void rejectsAClipThatIsNotPositive() {
    assertThatThrownBy(() -> new ValueLoss(0)).hasMessageContaining("value clip");
  }
}
