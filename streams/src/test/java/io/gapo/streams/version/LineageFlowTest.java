package io.gapo.streams.version;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.streams.Examples;
import io.gapo.streams.codec.LineageCodec;
import io.gapo.streams.intake.Answers;
import io.gapo.streams.intake.QuarantineOnPaper;
import io.gapo.streams.intake.StreamProbes;
import io.gapo.streams.topic.RawRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class LineageFlowTest {

  private static final ActorTestKit kit = ActorTestKit.create();

  private final QuarantineOnPaper quarantine = new QuarantineOnPaper();
  private final Answers<LineageRecord, Object> ledger = new Answers<>();

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void recordsAreHandedOverOneByOneInOrder() throws Exception {
    StreamProbes<RawRecord, Long> stream =
        StreamProbes.run(LineageFlow.create(ledger::apply, quarantine), kit);
    LineageRecord settlement = Examples.settlement("a", Fate.STALE);
    LineageRecord version = Examples.versionLineage(1, "b");

    stream.out().request(10);
    stream.in().sendNext(record(0, settlement));
    stream.in().sendNext(Examples.record("lineage", 1, "nonsense"));
    stream.in().sendNext(record(2, version));
    assertThat(ledger.awaitQuestion()).isEqualTo(settlement);
    ledger.expectNoQuestion();
    ledger.answer(settlement, "noted");
    assertThat(ledger.awaitQuestion()).isEqualTo(version);
    ledger.answer(version, "noted");

    stream.out().expectNext(1L, 2L, 3L);
    assertThat(quarantine.entries()).singleElement().asString().startsWith("1: not a lineage");
  }

  private static RawRecord record(long offset, LineageRecord record) {
    return Examples.record("lineage", offset, new LineageCodec().encode(record));
  }
}
