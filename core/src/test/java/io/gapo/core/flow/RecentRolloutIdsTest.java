package io.gapo.core.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class RecentRolloutIdsTest {

  @Test
  void forgetsTheOldestFirst() {
    RecentRolloutIds ids = new RecentRolloutIds(2);

    ids.addAll(List.of("a", "b", "c"));

    assertThat(ids.contains("a")).isFalse();
    assertThat(ids.oldestFirst()).containsExactly("b", "c");
  }

  @Test
  void saysWhetherAnIdIsNew() {
    RecentRolloutIds ids = new RecentRolloutIds(2);

    assertThat(ids.add("a")).isTrue();
    assertThat(ids.add("a")).isFalse();
    assertThat(ids.oldestFirst()).containsExactly("a");
  }

  @Test
  void needsRoomForOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RecentRolloutIds(0))
        .withMessageContaining("capacity");
  }
}
