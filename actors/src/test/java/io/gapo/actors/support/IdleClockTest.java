package io.gapo.actors.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.actors.FailsAtPhases;
import io.gapo.actors.RecordedEvents;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class IdleClockTest {

  private final IllegalStateException outOfMemory = new IllegalStateException("out of memory");

  @Test
  void tellsOfWorkThatFailed() {
    RecordedEvents events = new RecordedEvents();
    IdleClock clock = new IdleClock(Stage.OPTIMIZER, events);

    assertThatThrownBy(() -> clock.run("work", this::fail)).isSameAs(outOfMemory);

    assertThat(events.waits).containsExactly(Stage.OPTIMIZER);
    assertThat(events.phases).containsExactly("optimizer/work");
  }

  @Test
  void saysThatTheListenerFailedAndNotTheWork() {
    IdleClock clock = new IdleClock(Stage.OPTIMIZER, new FailsAtPhases("work"));

    assertThatThrownBy(() -> clock.call("work", () -> 1))
        .isInstanceOf(ListenerFailedException.class)
        .hasMessage("a listener failed at what the optimizer told it: cannot time work");
  }

  @Test
  void saysThatTheListenerFailedBeforeTheWorkBegan() {
    PipelineListener failing =
        new PipelineListener() {
          @Override
          public void waited(Stage stage, Duration duration) {
            throw new IllegalStateException("cannot time waits");
          }
        };
    IdleClock clock = new IdleClock(Stage.OPTIMIZER, failing);

    assertThatThrownBy(() -> clock.run("work", this::fail))
        .isInstanceOf(ListenerFailedException.class)
        .hasMessageEndingWith("cannot time waits");
  }

  @Test
  void hidesNoFailureOfTheWorkBehindTheListeners() {
    IdleClock clock = new IdleClock(Stage.OPTIMIZER, new FailsAtPhases("work"));

    assertThatThrownBy(() -> clock.run("work", this::fail)).isSameAs(outOfMemory);
  }

  private void fail() {
    throw outOfMemory;
  }
}
