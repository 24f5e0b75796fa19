package io.gapo.streams.version;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.streams.Examples;
import io.gapo.streams.codec.PolicySnapshotFormat;
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
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class PolicyVersionFlowTest {

  private static final ActorTestKit kit = ActorTestKit.create();

  private final QuarantineOnPaper quarantine = new QuarantineOnPaper();
  private final List<Skipped<PolicySnapshot>> skipped =
      Collections.synchronizedList(new ArrayList<>());
  private final Answers<PolicySnapshot, Object> sampler = new Answers<>();
  private final List<RawRecord> topic = new ArrayList<>();
  private final TensorChunking<PolicySnapshot> chunking =
      new TensorChunking<>(new PolicySnapshotFormat(), 200);

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void ofTheHistoryOnlyTheNewestVersionIsAdopted() throws Exception {
    append(Examples.snapshot(0, 1));
    append(Examples.snapshot(1, 1));
    append(Examples.snapshot(2, 1));

    StreamProbes<RawRecord, Done> stream = run(topic.size());
    topic.forEach(stream.in()::sendNext);

    assertThat(adoptNext()).isEqualTo(Examples.snapshot(2, 1));
    stream.out().expectNext(Done.done());
    sampler.expectNoQuestion();
  }

  @Test
  void aTornVersionAtTheEndOfTheHistoryDoesNotHoldTheNewestWholeOneBack() throws Exception {
    append(Examples.snapshot(1, 1));
    int whole = topic.size();
    append(Examples.snapshot(2, 1));
    int end = whole + 2;

    StreamProbes<RawRecord, Done> stream = run(end);
    topic.subList(0, end).forEach(stream.in()::sendNext);

    assertThat(adoptNext()).isEqualTo(Examples.snapshot(1, 1));
    assertThat(skipped).isEmpty();
  }

  @Test
  void piecesThatCompactionLeftInTheHistoryAreNotReported() throws Exception {
    append(Examples.snapshot(1, 1));
    append(Examples.snapshot(2, 1));

    StreamProbes<RawRecord, Done> stream = run(topic.size());
    topic.subList(3, topic.size()).forEach(stream.in()::sendNext);

    assertThat(adoptNext()).isEqualTo(Examples.snapshot(2, 1));
    assertThat(skipped).isEmpty();
  }

  @Test
  void aHistoryThatAnotherProcessLentIsReportedOnceAndTheNextVersionAdopted() throws Exception {
    for (int version = 1; version <= 2; version++) {
      lend(Examples.snapshot(version, 1));
    }

    StreamProbes<RawRecord, Done> stream = run(topic.size());
    append(Examples.snapshot(2, 2));
    topic.forEach(stream.in()::sendNext);

    assertThat(adoptNext()).isEqualTo(Examples.snapshot(2, 2));
    assertThat(skipped)
        .extracting(Skipped::reason)
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("after a restart that is as it should be", "gapo.runtime.lend-tensors = false");
  }

  @Test
  void aWholeVersionBeforeOnesThatAnotherProcessLentIsAdopted() throws Exception {
    append(Examples.snapshot(1, 1));
    lend(Examples.snapshot(2, 1));

    StreamProbes<RawRecord, Done> stream = run(topic.size());
    topic.forEach(stream.in()::sendNext);

    assertThat(adoptNext()).isEqualTo(Examples.snapshot(1, 1));
    assertThat(skipped).isEmpty();
  }

  @Test
  void tornVersionsAfterTheHistoryAreReported() throws Exception {
    append(Examples.snapshot(1, 1));
    append(Examples.snapshot(2, 1));

    StreamProbes<RawRecord, Done> stream = run(0);
    topic.subList(3, topic.size()).forEach(stream.in()::sendNext);

    assertThat(adoptNext()).isEqualTo(Examples.snapshot(2, 1));
    assertThat(skipped)
        .extracting(Skipped::reason)
        .containsExactly("its first chunks are not here");
  }

  @Test
  void afterTheHistoryEveryVersionIsAdoptedAsItComes() throws Exception {
    StreamProbes<RawRecord, Done> stream = run(0);

    for (int version = 0; version < 3; version++) {
      int end = topic.size();
      append(Examples.snapshot(version, 1));
      topic.subList(end, topic.size()).forEach(stream.in()::sendNext);

      assertThat(adoptNext()).isEqualTo(Examples.snapshot(version, 1));
    }
  }

  @Test
  void versionsThatComeWhileOneIsBeingAdoptedGiveWayToTheNewestOfThem() throws Exception {
    StreamProbes<RawRecord, Done> stream = run(0);
    for (int version = 0; version < 5; version++) {
      append(Examples.snapshot(version, 1));
    }
    int first = topic.size() / 5;

    topic.subList(0, first).forEach(stream.in()::sendNext);
    PolicySnapshot adopting = sampler.awaitQuestion();
    topic.subList(first, topic.size()).forEach(stream.in()::sendNext);
    stream.in().expectRequest();
    sampler.answer(adopting, "adopted");
    List<PolicySnapshot> later = new ArrayList<>();
    do {
      later.add(adoptNext());
    } while (!later.contains(Examples.snapshot(4, 1)));

    assertThat(adopting).isEqualTo(Examples.snapshot(0, 1));
    assertThat(later).last().isEqualTo(Examples.snapshot(4, 1));
  }

  @Test
  void aVersionOfAnOlderOptimizerIsIgnored() throws Exception {
    StreamProbes<RawRecord, Done> stream = run(0);
    append(Examples.snapshot(4, 2));
    append(Examples.snapshot(5, 1));
    append(Examples.snapshot(4, 2));
    append(Examples.snapshot(3, 3));

    topic.forEach(stream.in()::sendNext);

    List<PolicySnapshot> adopted = new ArrayList<>();
    do {
      adopted.add(adoptNext());
    } while (!adopted.contains(Examples.snapshot(3, 3)));
    assertThat(adopted).doesNotContain(Examples.snapshot(5, 1)).doesNotHaveDuplicates();
  }

  @Test
  void malformedRecordsGoToQuarantineAndTheVersionArrives() throws Exception {
    StreamProbes<RawRecord, Done> stream = run(0);
    topic.add(Examples.record("policy-versions", 0, "nonsense"));
    append(Examples.snapshot(0, 1));

    topic.forEach(stream.in()::sendNext);

    assertThat(adoptNext()).isEqualTo(Examples.snapshot(0, 1));
    assertThat(quarantine.entries()).hasSize(1);
  }

  @Test
  void anAdoptionThatFailsFailsTheStream() throws Exception {
    StreamProbes<RawRecord, Done> stream = run(0);
    append(Examples.snapshot(0, 1));

    topic.forEach(stream.in()::sendNext);
    sampler.fail(sampler.awaitQuestion(), new IllegalStateException("wrong shapes"));

    assertThat(stream.out().expectError()).hasStackTraceContaining("wrong shapes");
  }

  private StreamProbes<RawRecord, Done> run(long historyEnd) {
    StreamProbes<RawRecord, Done> stream =
        StreamProbes.run(
            PolicyVersionFlow.create(
                TensorAssembler.flow(
                    new PolicySnapshotFormat(), AssemblyLimits.DEFAULT, new LentTransfers()),
                historyEnd,
                sampler::apply,
                skipped::add,
                quarantine),
            kit);
    stream.out().request(100);
    return stream;
  }

  private PolicySnapshot adoptNext() throws InterruptedException {
    PolicySnapshot snapshot = sampler.awaitQuestion();
    sampler.answer(snapshot, "adopted");
    return snapshot;
  }

  private void append(PolicySnapshot snapshot) {
    chunking.pieces(snapshot, transferId(), "slot").forEachRemaining(this::append);
  }

  /** From another process. */
  private void lend(PolicySnapshot snapshot) {
    append(
        chunking.lentPiece(snapshot, transferId(), "slot", "8c1f6f3e-4f5b-4f0e-9b58-0c3a3f5f7c11"));
  }

  private String transferId() {
    return "t" + topic.size();
  }

  private void append(TensorChunking.Piece piece) {
    topic.add(Examples.record("policy-versions", topic.size(), piece.value()));
  }
}
