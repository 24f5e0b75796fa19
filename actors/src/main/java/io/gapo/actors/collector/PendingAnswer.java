package io.gapo.actors.collector;

import io.gapo.actors.support.Outbox;
import io.gapo.core.port.StepPublisher;
import io.gapo.core.settings.DurationText;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The answer that a gradient collector's step waits for: sends what asks for it and, when it does
 * not come in time, sends that again, so that a lost message is only a delay. The receivers
 * recognize a repeat.
 */
final class PendingAnswer {

  private static final int MOST_DOUBLINGS = 6;

  private final Outbox<?> outbox;
  private final StepPublisher publisher;
  private final Duration patience;
  private final Consumer<Duration> remindAfter;
  private final Logger log;
  private @Nullable CollectorStep step;
  private int reminders;

  /** Grows with each sending, so that one which is past starts no wait. */
  private long sending;

  /**
   * @param patience how long to wait for an answer; doubled with each repeat
   * @param remindAfter asked to have {@link #remind} called after a while, unless the answer comes
   */
  PendingAnswer(
      Outbox<?> outbox,
      StepPublisher publisher,
      Duration patience,
      Consumer<Duration> remindAfter,
      Logger log) {
    this.outbox = outbox;
    this.publisher = publisher;
    this.patience = patience;
    this.remindAfter = remindAfter;
    this.log = log;
  }

  /** Sends this step, whose answer is awaited until {@link #cancel}. */
  void await(CollectorStep next) {
    step = next;
    reminders = 0;
    send(next, next::publishTo);
  }

  /** Nothing is awaited any more. */
  void cancel() {
    step = null;
    sending++;
  }

  /** The answer did not come in time. */
  void remind() {
    CollectorStep late = step;
    if (late == null) {
      throw new IllegalStateException("no step waits for an answer; this is a bug");
    }
    log.warn(
        "No {} for {} within {}: asking again",
        late.awaited(),
        late.id(),
        DurationText.of(wait(reminders)));
    reminders++;
    send(late, late::publishAgainTo);
  }

  private void send(CollectorStep sent, Function<StepPublisher, CompletionStage<?>> publish) {
    sending++;
    long ticket = sending;
    outbox.post(
        "what asks for the %s of %s".formatted(sent.awaited(), sent.id()),
        () -> publish.apply(publisher),
        () -> {
          if (sending == ticket) {
            remindAfter.accept(wait(reminders));
          }
        });
  }

  private Duration wait(int repeats) {
    return patience.multipliedBy(1L << Math.min(repeats, MOST_DOUBLINGS));
  }
}
