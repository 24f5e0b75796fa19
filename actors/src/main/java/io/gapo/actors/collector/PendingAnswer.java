package io.gapo.actors.collector;

import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.TimerScheduler;
import io.gapo.actors.support.Outbox;
import io.gapo.core.port.StepPublisher;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends a collector's step and, when its answer does not come in time, sends it again, so that a
 * lost message is only a delay. The receivers recognize a repeat.
 */
final class PendingAnswer<C> {

  /** What a answer tells itself through its actor's mailbox, about the sending {@code ticket}. */
  record Notice(Kind kind, long ticket) {}

  /** What happened to a sending. */
  enum Kind {
    DURABLE,
    OVERDUE
  }

  private static final int MOST_DOUBLINGS = 6;

  private final ActorContext<C> context;
  private final TimerScheduler<C> timers;
  private final Outbox<C> outbox;
  private final StepPublisher publisher;
  private final Duration patience;
  private final Function<Notice, C> asMessage;
  private @Nullable CollectorStep step;
  private long ticket;
  private int reminders;

  /**
   * @param patience how long to wait for an answer; doubled with each repeat
   * @param asMessage wraps the answer's notices in the actor's own message
   */
  PendingAnswer(
      ActorContext<C> context,
      TimerScheduler<C> timers,
      Outbox<C> outbox,
      StepPublisher publisher,
      Duration patience,
      Function<Notice, C> asMessage) {
    this.context = context;
    this.timers = timers;
    this.outbox = outbox;
    this.publisher = publisher;
    this.patience = patience;
    this.asMessage = asMessage;
  }

  /** Sends this step until {@link #recall} or the next step. */
  void send(CollectorStep next) {
    step = next;
    reminders = 0;
    post(next);
  }

  /** Nothing is awaited any more. */
  void recall() {
    step = null;
  }

  void on(Notice notice) {
    if (step == null || notice.ticket() != ticket) {
      return;
    }
    if (notice.kind() == Kind.DURABLE) {
      timers.startSingleTimer(
          this, asMessage.apply(new Notice(Kind.OVERDUE, ticket)), wait(reminders));
      return;
    }
    context
        .getLog()
        .warn("No {} for {} within {}: asking again", step.awaited(), step.id(), wait(reminders));
    reminders++;
    post(step);
  }

  private void post(CollectorStep sent) {
    ticket++;
    outbox.post(
        "what asks for the %s of %s".formatted(sent.awaited(), sent.id()),
        () -> reminders == 0 ? sent.publishTo(publisher) : sent.publishAgainTo(publisher),
        asMessage.apply(new Notice(Kind.DURABLE, ticket)));
  }

  private Duration wait(int repeats) {
    return patience.multipliedBy(1L << Math.min(repeats, MOST_DOUBLINGS));
  }
}
