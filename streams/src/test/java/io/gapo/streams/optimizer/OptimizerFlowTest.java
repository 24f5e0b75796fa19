package io.gapo.streams.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import io.gapo.core.step.GradientPart;
import io.gapo.streams.Examples;
import io.gapo.streams.codec.GradientPartFormat;
import io.gapo.streams.intake.Answers;
import io.gapo.streams.intake.QuarantineOnPaper;
import io.gapo.streams.intake.StreamProbes;
import io.gapo.streams.tensor.Assembly.Skipped;
import io.gapo.streams.tensor.AssemblyLimits;
import io.gapo.streams.tensor.LentTransfers;
import io.gapo.streams.tensor.TensorAssembler;
import io.gapo.streams.tensor.TensorChunking;
import io.gapo.streams.topic.RawRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class OptimizerFlowTest {

  private static final ActorTestKit kit = ActorTestKit.create();

  private final QuarantineOnPaper quarantine = new QuarantineOnPaper();
  private final List<Skipped<GradientPart>> skipped =
      Collections.synchronizedList(new ArrayList<>());
  private final Answers<Application, Object> optimizer = new Answers<>();

  private record Application(GradientPart part, Map<String, Long> offsets) {}

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void aPartIsAppliedWithTheOffsetsBehindIt() throws Exception {
    StreamProbes<RawRecord, Long> stream = run();
    List<RawRecord> records = records(100, Examples.gradientPart(6), "t");

    stream.out().request(10);
    records.forEach(stream.in()::sendNext);
    Application application = optimizer.awaitQuestion();
    optimizer.answer(application, "applied");

    long end = 100L + records.size();
    assertThat(application)
        .isEqualTo(
            new Application(
                Examples.gradientPart(6),
                Map.of("policy-gradients@" + Examples.TOPIC_ID + "-0", end)));
    stream.out().expectNext(end);
  }

  @Test
  void partsAreAppliedOneAtATime() throws Exception {
    StreamProbes<RawRecord, Long> stream = run();

    stream.out().request(10);
    records(0, Examples.gradientPart(1), "t1").forEach(stream.in()::sendNext);
    records(50, Examples.gradientPart(2), "t2").forEach(stream.in()::sendNext);
    Application first = optimizer.awaitQuestion();
    optimizer.expectNoQuestion();
    optimizer.answer(first, "applied");

    assertThat(optimizer.awaitQuestion().part()).isEqualTo(Examples.gradientPart(2));
  }

  @Test
  void tornPartsAreReportedAndMalformedRecordsQuarantined() throws Exception {
    StreamProbes<RawRecord, Long> stream = run();
    List<RawRecord> torn = records(0, Examples.gradientPart(1), "torn");

    stream.out().request(10);
    torn.subList(1, 3).forEach(stream.in()::sendNext);
    stream.in().sendNext(Examples.record("policy-gradients", 49, "nonsense"));
    records(50, Examples.gradientPart(2), "t2").forEach(stream.in()::sendNext);

    assertThat(optimizer.awaitQuestion().part()).isEqualTo(Examples.gradientPart(2));
    assertThat(skipped).extracting(Skipped::transferId).containsExactly("torn");
    assertThat(quarantine.entries()).singleElement().asString().startsWith("49: ");
  }

  @Test
  void anApplicationThatFailsFailsTheStream() throws Exception {
    StreamProbes<RawRecord, Long> stream = run();

    stream.out().request(10);
    records(0, Examples.gradientPart(1), "t").forEach(stream.in()::sendNext);
    optimizer.fail(optimizer.awaitQuestion(), new IllegalStateException("disk full"));

    assertThat(stream.out().expectError()).hasStackTraceContaining("disk full");
  }

  private StreamProbes<RawRecord, Long> run() {
    return StreamProbes.run(
        OptimizerFlow.create(
            TensorAssembler.flow(
                new GradientPartFormat(), AssemblyLimits.DEFAULT, new LentTransfers()),
            (part, offsets) -> optimizer.apply(new Application(part, offsets)),
            skipped::add,
            quarantine),
        kit);
  }

  private static List<RawRecord> records(long firstOffset, GradientPart part, String transferId) {
    List<RawRecord> records = new ArrayList<>();
    new TensorChunking<>(new GradientPartFormat(), 200)
        .pieces(part, transferId, "slot")
        .forEachRemaining(
            piece ->
                records.add(
                    Examples.record(
                        "policy-gradients", firstOffset + records.size(), piece.value())));
    return records;
  }
}
