package io.gapo.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PolicySnapshotTest {

  @Test
  void supersedesAnEarlierVersionOfTheSameOptimizer() {
    assertThat(snapshot(2, 1).supersedes(snapshot(1, 1))).isTrue();
    assertThat(snapshot(1, 1).supersedes(snapshot(2, 1))).isFalse();
  }

  @Test
  void supersedesNothingByBeingTheSame() {
    assertThat(snapshot(2, 1).supersedes(snapshot(2, 1))).isFalse();
  }

  @Test
  void supersedesAnyVersionOfAnOlderOptimizer() {
    assertThat(snapshot(1, 2).supersedes(snapshot(9, 1))).isTrue();
    assertThat(snapshot(9, 1).supersedes(snapshot(1, 2))).isFalse();
  }

  private static PolicySnapshot snapshot(long version, long epoch) {
    return new PolicySnapshot(new PolicyVersion(version), epoch, List.of());
  }
}
