package io.gapo.streams.collector;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import io.gapo.core.port.RejectedScoreException;
import io.gapo.core.rollout.MissingScore;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.Score;
import io.gapo.core.rollout.ScoreRecord;
import io.gapo.core.step.UpdateDirection;
import io.gapo.streams.Examples;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.codec.ScoreCodec;
import io.gapo.streams.codec.UpdateDirectionCodec;
import io.gapo.streams.intake.Answers;
import io.gapo.streams.intake.QuarantineOnPaper;
import io.gapo.streams.intake.StreamProbes;
import io.gapo.streams.proto.ScoreMessage;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class GradientCollectorFlowTest {

  private static final ActorTestKit kit = ActorTestKit.create();

  private final QuarantineOnPaper quarantine = new QuarantineOnPaper();

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void offsetsOfRolloutsComeOutInOrderAsFarAsAllAreSettled() throws Exception {
    Answers<Rollout, Object> collector = new Answers<>();
    StreamProbes<RawRecord, Long> stream =
        StreamProbes.run(
            GradientCollectorFlow.<Long>rollouts(10, collector::apply, quarantine), kit);

    stream.out().request(10);
    for (int i = 0; i < 3; i++) {
      byte[] value = new RolloutCodec().encode(Examples.rollout("a", i));
      stream.in().sendNext(Examples.record("rollouts", i, value));
    }
    Rollout first = collector.awaitQuestion();
    Rollout second = collector.awaitQuestion();
    collector.answer(second, "settled");
    stream.out().expectNoMessage();
    collector.answer(first, "settled");

    stream.out().expectNext(0L, 1L).expectNoMessage();
  }

  @Test
  void malformedRolloutsWaitForNothing() throws Exception {
    Answers<Rollout, Object> collector = new Answers<>();
    StreamProbes<RawRecord, Long> stream =
        StreamProbes.run(
            GradientCollectorFlow.<Long>rollouts(10, collector::apply, quarantine), kit);

    stream.out().request(10);
    stream.in().sendNext(Examples.record("rollouts", 0, "nonsense"));

    stream.out().expectNext(0L);
    assertThat(quarantine.entries()).singleElement().asString().contains("not a rollout");
  }

  @Test
  void noMoreScoresAreInFlightThanAllowed() throws Exception {
    Answers<ScoreRecord, Object> collector = new Answers<>();
    StreamProbes<RawRecord, Long> stream =
        StreamProbes.run(GradientCollectorFlow.<Long>scores(1, collector::apply, quarantine), kit);

    stream.out().request(10);
    for (int i = 0; i < 2; i++) {
      Score score = Examples.score(Examples.rollout("a", i), i);
      stream.in().sendNext(Examples.record("scores", i, new ScoreCodec().encode(score)));
    }
    ScoreRecord first = collector.awaitQuestion();
    collector.expectNoQuestion();
    collector.answer(first, "settled");

    assertThat(collector.awaitQuestion().rolloutId()).isEqualTo("a#1");
  }

  @Test
  void whatIsNoScoreIsInQuarantineBeforeTheCollectorIsTold() throws Exception {
    Answers<ScoreRecord, Object> collector = new Answers<>();
    StreamProbes<RawRecord, Long> stream =
        StreamProbes.run(GradientCollectorFlow.<Long>scores(4, collector::apply, quarantine), kit);

    stream.out().request(10);
    for (double value : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
      ScoreMessage.Builder message =
          ScoreMessage.parseFrom(
              new ScoreCodec().encode(Examples.score(Examples.rollout("a", 0), 1)))
              .toBuilder();
      byte[] bytes = message.setValue(value).build().toByteArray();
      stream.in().sendNext(Examples.record("scores", 0, bytes));

      ScoreRecord told = collector.awaitQuestion();
      assertThat(told).isInstanceOf(MissingScore.class);
      assertThat(quarantine.entries())
          .last()
          .isEqualTo("0: objective 'helpful' cannot score it: its score is " + value);
      collector.answer(told, "settled");
      stream.out().expectNext(0L);
    }
  }

  @Test
  void scoresThatJoinNothingGoToQuarantineOnceAndHoldNothingUp() throws Exception {
    Answers<ScoreRecord, Object> collector = new Answers<>();
    StreamProbes<RawRecord, Long> stream =
        StreamProbes.run(GradientCollectorFlow.<Long>scores(4, collector::apply, quarantine), kit);
    List<ScoreRecord> unknown =
        List.of(
            Examples.score(Examples.rollout("a", 0), 1), new MissingScore("a#1", "d", "x", "no"));

    stream.out().request(10);
    stream.in().sendNext(Examples.record("scores", 0, "nonsense"));
    for (int i = 0; i < unknown.size(); i++) {
      byte[] bytes = new ScoreCodec().encode(unknown.get(i));
      stream.in().sendNext(Examples.record("scores", i + 1, bytes));
      collector.fail(collector.awaitQuestion(), new RejectedScoreException("no such rollout"));
    }

    stream.out().expectNext(0L, 1L, 2L);
    assertThat(quarantine.entries()).hasSize(3);
    assertThat(quarantine.entries().get(0)).contains("not a score");
    assertThat(quarantine.entries().subList(1, 3))
        .containsExactlyInAnyOrder("1: no such rollout", "2: objective 'x' cannot score it: no");
  }

  @Test
  void whatIsSettledLeavesRoomForWhatComesBehindIt() throws Exception {
    Answers<Rollout, Object> collector = new Answers<>();
    StreamProbes<RawRecord, Long> stream =
        StreamProbes.run(
            GradientCollectorFlow.<Long>rollouts(2, collector::apply, quarantine), kit);

    stream.out().request(1_000);
    stream.in().sendNext(rollout(0, 0));
    Rollout waiting = collector.awaitQuestion();
    for (int offset = 1; offset < 100; offset++) {
      stream.in().sendNext(rollout(0, offset));
      collector.answer(collector.awaitQuestion(), "settled");
    }
    stream.in().sendNext(rollout(1, 1_000));
    collector.answer(collector.awaitQuestion(), "settled");

    stream.out().expectNext(1_000L).expectNoMessage();
    collector.answer(waiting, "settled");
    stream.out().expectNext(0L);
  }

  private static RawRecord rollout(int partition, int offset) {
    byte[] value = new RolloutCodec().encode(Examples.rollout("a" + partition, offset));
    return new RawRecord(new RecordCoordinates("rollouts", "id", partition, offset), null, value);
  }

  @Test
  void directionsArriveAsTheyWereSent() throws Exception {
    Answers<UpdateDirection, Object> collector = new Answers<>();
    StreamProbes<RawRecord, Long> stream =
        StreamProbes.run(GradientCollectorFlow.<Long>directions(collector::apply, quarantine), kit);

    stream.out().request(1);
    byte[] value = new UpdateDirectionCodec().encode(Examples.direction(3));
    stream.in().sendNext(Examples.record("update-directions", 8, value));
    UpdateDirection direction = collector.awaitQuestion();
    collector.answer(direction, "followed");

    assertThat(direction).isEqualTo(Examples.direction(3));
    stream.out().expectNext(8L);
  }

  @Test
  void aCollectorThatFailsFailsTheStream() throws Exception {
    Answers<Rollout, Object> collector = new Answers<>();
    StreamProbes<RawRecord, Long> stream =
        StreamProbes.run(
            GradientCollectorFlow.<Long>rollouts(10, collector::apply, quarantine), kit);

    stream.out().request(1);
    byte[] value = new RolloutCodec().encode(Examples.rollout("a", 0));
    stream.in().sendNext(Examples.record("rollouts", 0, value));
    collector.fail(collector.awaitQuestion(), new IllegalStateException("stopped"));

    assertThat(stream.out().expectError()).hasStackTraceContaining("stopped");
  }
}
