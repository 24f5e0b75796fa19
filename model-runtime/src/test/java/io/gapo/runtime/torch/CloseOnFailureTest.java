package io.gapo.runtime.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CloseOnFailureTest {

  private final AtomicInteger closed = new AtomicInteger();

  @Test
  void leavesTheResourceOpenForItsOwner() {
    assertThat(CloseOnFailure.create(() -> "owner", closed::incrementAndGet)).isEqualTo("owner");
    assertThat(closed).hasValue(0);
  }

  @Test
  void closesTheResourceAndThrowsWhatTheOwnerThrew() {
    IllegalStateException failure = new IllegalStateException("no room");

    assertThatThrownBy(
            () ->
                CloseOnFailure.create(
                    () -> {
                      throw failure;
                    },
                    closed::incrementAndGet))
        .isSameAs(failure);
    assertThat(closed).hasValue(1);
  }
}
