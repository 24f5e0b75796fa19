package io.gapo.ops.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gapo.core.port.PipelineListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ListenersTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(Listeners.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<Integer> received = new ArrayList<>();

  private final PipelineListener failing =
      new PipelineListener() {
        @Override
        public void tokensSampled(int tokens) {
          throw new IllegalStateException("cannot count tokens");
        }
      };
  private final PipelineListener receiving =
      new PipelineListener() {
        @Override
        public void tokensSampled(int tokens) {
          received.add(tokens);
        }
      };

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
  }

  @Test
  void tellTheOthersWhenOneFailsAndLogItOnce() {
    Listeners listeners = new Listeners(List.of(failing, receiving));

    listeners.tokensSampled(3);
    listeners.tokensSampled(5);

    assertThat(received).containsExactly(3, 5);
    assertThat(log.list)
        .singleElement()
        .satisfies(
            event -> assertThat(event.getThrowableProxy().getMessage()).contains("count tokens"));
  }
}
