package io.gapo.ops.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirstOpeningTest {

  private final List<RuntimeException> reported = new ArrayList<>();

  @Test
  void reportsThatTheFirstTimeFailed() {
    IllegalStateException broken = new IllegalStateException("broken");
    FirstOpening<String> opening =
        new FirstOpening<>(
            () -> {
              throw broken;
            },
            reported::add);

    assertThatThrownBy(opening::get).isSameAs(broken);
    assertThatThrownBy(opening::get).isSameAs(broken);

    assertThat(reported).containsExactly(broken);
  }

  @Test
  void leavesToTheStageWhatFailsLater() {
    List<String> left = new ArrayList<>(List.of("model"));
    FirstOpening<String> opening = new FirstOpening<>(() -> left.remove(0), reported::add);

    assertThat(opening.get()).isEqualTo("model");
    assertThatThrownBy(opening::get).isInstanceOf(IndexOutOfBoundsException.class);

    assertThat(reported).isEmpty();
  }
}
