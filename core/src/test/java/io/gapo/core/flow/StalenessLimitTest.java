package io.gapo.core.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import org.junit.jupiter.api.Test;

class StalenessLimitTest {

  @Test
  void acceptsUpToTheLimitAndNoFurther() {
    StalenessLimit limit = new StalenessLimit(2);
    Rollout rollout = sampledBy(5, 5);

    assertThat(limit.accepts(rollout.oldestVersion(), new PolicyVersion(5))).isTrue();
    assertThat(limit.accepts(rollout.oldestVersion(), new PolicyVersion(7))).isTrue();
    assertThat(limit.accepts(rollout.oldestVersion(), new PolicyVersion(8))).isFalse();
  }

  @Test
  void theOldestTokenCounts() {
    Rollout rollout = sampledBy(3, 6);

    assertThat(StalenessLimit.staleness(rollout, new PolicyVersion(7))).isEqualTo(4);
    assertThat(new StalenessLimit(3).accepts(rollout.oldestVersion(), new PolicyVersion(7)))
        .isFalse();
  }

  @Test
  void rejectsANegativeLimit() {
    assertThatThrownBy(() -> new StalenessLimit(-1)).hasMessageContaining("was -1");
  }

  private static Rollout sampledBy(long... versions) {
    return new Rollout(
        "p",
        0,
        "prompt",
        "response",
        new int[] {1},
        new int[versions.length],
        new float[versions.length],
        versions,
        FinishReason.LENGTH,
        0);
  }
}
