package io.gapo.actors.support;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import io.gapo.actors.Examples;
import io.gapo.core.flow.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ReopeningTest {

  private static final ActorTestKit KIT = ActorTestKit.create();

  private final TestProbe<String> handled = KIT.createTestProbe();
  private final AtomicInteger opened = new AtomicInteger();

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void losesNoMessageHoweverOftenTheModelCannotBeOpened() {
    ActorRef<String> stage = spawn(5);

    List.of("a", "b", "c").forEach(stage::tell);

    assertThat(handled.receiveSeveralMessages(3)).containsExactly("a6", "b6", "c6");
  }

  @Test
  void losesOnlyTheMessageThatFailed() {
    ActorRef<String> stage = spawn(0);

    List.of("a", "poison", "b", "poison", "poison", "c").forEach(stage::tell);

    assertThat(handled.receiveSeveralMessages(3)).containsExactly("a1", "b2", "c4");
  }

  @Test
  void pausesEverLongerWhileItsModelCannotBeOpened() {
    Backoff shortest = new Backoff(Duration.ofMillis(1), Duration.ofMillis(3));

    LoggingTestKit.warn("starts again in 1ms")
        .withOccurrences(1)
        .expect(
            KIT.system(),
            () -> {
              spawn(20, shortest).tell("a");
              return handled.expectMessage("a21");
            });
  }

  /** A stage whose model cannot be opened at first; it tells what it handled, with which model. */
  private ActorRef<String> spawn(int failures) {
    return spawn(failures, Examples.QUICK);
  }

  private ActorRef<String> spawn(int failures, Backoff backoff) {
    return KIT.spawn(
        Reopening.create(ReopeningTest.class, () -> open(failures), this::run, backoff, "open"));
  }

  private Integer open(int failures) {
    int attempt = opened.incrementAndGet();
    if (attempt <= failures) {
      throw new IllegalStateException("not yet");
    }
    return attempt;
  }

  private Behavior<String> run(Integer model) {
    return Behaviors.receiveMessage(
        message -> {
          if (message.equals("poison")) {
            throw new IllegalStateException("poison");
          }
          handled.ref().tell(message + model);
          return Behaviors.same();
        });
  }
}
