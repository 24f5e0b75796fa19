package io.gapo.ops.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import io.gapo.runtime.checkpoint.DirectoryInUseException;
import java.nio.file.Path;
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
  void leavesToTheStageWhatAnotherProcessWillLeave() {
    IllegalStateException broken = new IllegalStateException("broken");
    List<RuntimeException> failures =
        new ArrayList<>(
            List.of(
                new DirectoryInUseException(Path.of("checkpoints")),
                new EngineException("CUDA out of memory"),
                broken));
    FirstOpening<String> opening =
        new FirstOpening<>(
            () -> {
              throw failures.remove(0);
            },
            reported::add);

    assertThatThrownBy(opening::get).isInstanceOf(DirectoryInUseException.class);
    assertThatThrownBy(opening::get).isInstanceOf(EngineException.class);
    assertThat(reported).isEmpty();
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
