package io.gapo.runtime.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConcisenessRuleTest {

  @Test
  void prefersShorterResponses() {
    try (ConcisenessRule rule = new ConcisenessRule("concise", 4)) {
      List<Rollout> rollouts =
          List.of(
              rollout(1, FinishReason.END_OF_SEQUENCE),
              rollout(5, FinishReason.END_OF_SEQUENCE),
              rollout(6, FinishReason.LENGTH));

      assertThat(rule.score(rollouts)).containsExactly(1, 0, -0.5);
      assertThat(rule.objective()).isEqualTo("concise");
    }
  }

  @Test
  void refusesATargetOfNoTokens() {
    assertThatThrownBy(() -> new ConcisenessRule("concise", 0))
        .hasMessageContaining("target-tokens");
  }

  private static Rollout rollout(int tokens, FinishReason reason) {
    return new Rollout(
        "p",
        0,
        "prompt",
        "response",
        new int[] {1},
        new int[tokens],
        new float[tokens],
        new long[tokens],
        reason,
        1);
  }
}
