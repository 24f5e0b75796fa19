package io.gapo.streams.combiner;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.UpdateDirection;
import io.gapo.streams.Examples;
import io.gapo.streams.codec.ObjectiveGradientsCodec;
import io.gapo.streams.intake.Answers;
import io.gapo.streams.intake.QuarantineOnPaper;
import io.gapo.streams.intake.StreamProbes;
import io.gapo.streams.topic.RawRecord;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class MgdaCombinerFlowTest {

  private static final ActorTestKit kit = ActorTestKit.create();

  private final QuarantineOnPaper quarantine = new QuarantineOnPaper();
  private final Answers<ObjectiveGradients, List<UpdateDirection>> combiner = new Answers<>();
  private final Answers<UpdateDirection, Object> topic = new Answers<>();

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void anOffsetComesOutWhenTheDirectionIsDurable() throws Exception {
    StreamProbes<RawRecord, Long> stream = run();

    stream.out().request(10);
    stream.in().sendNext(record(4, Examples.objectiveGradients(2)));
    ObjectiveGradients gradients = combiner.awaitQuestion();
    combiner.answer(gradients, List.of(Examples.direction(2)));
    UpdateDirection direction = topic.awaitQuestion();
    stream.out().expectNoMessage();
    topic.answer(direction, "durable");

    stream.out().expectNext(4L);
    assertThat(gradients).isEqualTo(Examples.objectiveGradients(2));
    assertThat(direction).isEqualTo(Examples.direction(2));
  }

  @Test
  void anOffsetComesOutWhereOtherContributionsAreAwaited() throws Exception {
    StreamProbes<RawRecord, Long> stream = run();

    stream.out().request(10);
    stream.in().sendNext(record(4, Examples.objectiveGradients(2)));
    combiner.answer(combiner.awaitQuestion(), List.of());

    stream.out().expectNext(4L);
  }

  @Test
  void malformedGradientsGoToQuarantine() {
    StreamProbes<RawRecord, Long> stream = run();

    stream.out().request(10);
    stream.in().sendNext(Examples.record("objective-gradients", 4, "nonsense"));

    stream.out().expectNext(4L);
    assertThat(quarantine.entries()).hasSize(1);
  }

  @Test
  void aDecisionThatFailsFailsTheStream() throws Exception {
    StreamProbes<RawRecord, Long> stream = run();

    stream.out().request(10);
    stream.in().sendNext(record(4, Examples.objectiveGradients(2)));
    combiner.fail(combiner.awaitQuestion(), new IllegalStateException("cannot weigh"));

    assertThat(stream.out().expectError()).hasStackTraceContaining("cannot weigh");
  }

  private StreamProbes<RawRecord, Long> run() {
    return StreamProbes.run(MgdaCombinerFlow.<Long>create(combiner, topic::apply, quarantine), kit);
  }

  private static RawRecord record(long offset, ObjectiveGradients gradients) {
    byte[] value = new ObjectiveGradientsCodec().encode(gradients);
    return Examples.record("objective-gradients", offset, value);
  }
}
