package io.gapo.streams.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.step.GradientPart;
import io.gapo.streams.Examples;
import io.gapo.streams.codec.GradientPartFormat;
import io.gapo.streams.codec.PolicySnapshotFormat;
import io.gapo.streams.tensor.Assembly.Malformed;
import io.gapo.streams.tensor.Assembly.Skipped;
import io.gapo.streams.tensor.Assembly.Whole;
import io.gapo.streams.tensor.TensorChunking.Piece;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TensorTransferTest {

  private static final int CHUNK_BYTES = 64;

  private final TensorAssembler<PolicySnapshot> assembler =
      new TensorAssembler<>(
          new PolicySnapshotFormat(), AssemblyLimits.DEFAULT, new LentTransfers());

  @Cases(200)
  void whatIsCutIsPutTogetherAgain(Draw draw) {
    int chunkBytes = draw.between(1, 700);
    int elements = draw.between(0, 60);
    PolicySnapshot sent =
        new PolicySnapshot(new PolicyVersion(5), 2, Examples.tensors(chunkBytes, elements));

    List<Assembly<PolicySnapshot>> found = read(records(0, pieces(sent, "t", chunkBytes)));

    assertThat(wholes(found)).containsExactly(sent);
    assertThat(found).hasSize(1);
  }

  @Test
  void aGradientPartKeepsWhatItWasMadeFrom() {
    GradientPart sent = Examples.gradientPart(4);
    List<Piece> pieces = new ArrayList<>();
    new TensorChunking<>(new GradientPartFormat(), CHUNK_BYTES)
        .pieces(sent, "t", "slot")
        .forEachRemaining(pieces::add);
    TensorAssembler<GradientPart> parts =
        new TensorAssembler<>(
            new GradientPartFormat(), AssemblyLimits.DEFAULT, new LentTransfers());

    List<Assembly<GradientPart>> found =
        records(0, pieces).stream().flatMap(record -> parts.accept(record).stream()).toList();

    assertThat(found).hasSize(pieces.size());
    Assembly<GradientPart> last = found.get(found.size() - 1);
    assertThat(((Whole<GradientPart>) last).value()).isEqualTo(sent);
  }

  @Test
  void tensorsWithoutElementsNeedNoChunk() {
    PolicySnapshot sent =
        new PolicySnapshot(
            PolicyVersion.INITIAL,
            0,
            List.of(new NamedTensor("empty", DataType.F32, new long[] {0, 7}, new byte[0])));

    List<Piece> pieces = pieces(sent, "t", CHUNK_BYTES);

    assertThat(pieces).hasSize(1);
    assertThat(wholes(read(records(0, pieces)))).containsExactly(sent);
  }

  @Test
  void everyRecordFitsWhatBrokersTakeByDefault() {
    PolicySnapshot large =
        new PolicySnapshot(PolicyVersion.INITIAL, 0, Examples.tensors(1, 700_000));

    List<Piece> pieces = pieces(large, "t".repeat(100), TensorChunking.DEFAULT_CHUNK_BYTES);

    assertThat(pieces)
        .allMatch(piece -> piece.key().length + piece.value().length < 1_048_588 - 1_000);
  }

  @Test
  void aTransferThatLacksARecordIsNothing() {
    int chunks = pieces(Examples.snapshot(1, 0), "torn", CHUNK_BYTES).size() - 1;
    for (int lost = 0; lost < chunks; lost++) {
      List<Piece> pieces = pieces(Examples.snapshot(1, 0), "torn", CHUNK_BYTES);
      pieces.remove(lost);
      List<RawRecord> records = records(0, pieces);

      List<Assembly<PolicySnapshot>> found = read(records);

      assertThat(wholes(found)).isEmpty();
      assertThat(found).hasSize(1);
      assertThat(((Skipped<PolicySnapshot>) found.get(0)).transferId()).isEqualTo("torn");
    }
  }

  @Test
  void aTransferWithoutManifestIsNothingAndTheNextOneArrives() {
    List<Piece> pieces = pieces(Examples.snapshot(1, 0), "first", CHUNK_BYTES);
    pieces.remove(pieces.size() - 1);
    PolicySnapshot next = Examples.snapshot(1, 1);
    pieces.addAll(pieces(next, "second", CHUNK_BYTES));

    assertThat(wholes(read(records(0, pieces)))).containsExactly(next);
  }

  @Cases(100)
  void interleavedTransfersBothArriveAndNoneIsLostByARestart(Draw draw) {
    long seed = draw.anyLong();
    Random random = new Random(seed);
    List<Deque<Piece>> writers =
        List.of(
            new ArrayDeque<>(pieces(Examples.snapshot(1, 0), "a", CHUNK_BYTES)),
            new ArrayDeque<>(pieces(Examples.snapshot(2, 0), "b", 40)),
            new ArrayDeque<>(pieces(Examples.snapshot(3, 0), "c", 200)));
    List<Piece> interleaved = new ArrayList<>();
    while (writers.stream().anyMatch(writer -> !writer.isEmpty())) {
      Deque<Piece> writer = writers.get(random.nextInt(writers.size()));
      if (!writer.isEmpty()) {
        interleaved.add(writer.remove());
      }
    }
    List<RawRecord> records = records(0, interleaved);

    List<Assembly<PolicySnapshot>> found = read(records);

    assertThat(found).hasSize(3);
    assertThat(wholes(found))
        .containsExactlyInAnyOrder(
            Examples.snapshot(1, 0), Examples.snapshot(2, 0), Examples.snapshot(3, 0));
    Whole<PolicySnapshot> first = (Whole<PolicySnapshot>) found.get(0);
    List<PolicySnapshot> afterRestart =
        wholes(read(records.subList((int) first.resumeOffset(), records.size())));
    assertThat(afterRestart).containsAll(wholes(found.subList(1, 3)));
  }

  @Test
  void damagedBytesAreNothing() {
    List<Piece> pieces = pieces(Examples.snapshot(1, 0), "t", CHUNK_BYTES);
    byte[] value = pieces.get(1).value();
    value[value.length - 1] ^= 1;

    List<Assembly<PolicySnapshot>> found = read(records(0, pieces));

    assertThat(reasons(found)).containsExactly("the bytes are damaged: their SHA-256 is another");
  }

  @Test
  void aRecordSentTwiceByItsProducerDoesNoHarm() {
    PolicySnapshot sent = Examples.snapshot(1, 0);
    List<Piece> pieces = pieces(sent, "t", CHUNK_BYTES);
    pieces.add(2, pieces.get(1));

    assertThat(wholes(read(records(0, pieces)))).containsExactly(sent);
  }

  @Test
  void aTransferThatComesAgainIsReportedAndEmittedOnce() {
    List<Piece> pieces = pieces(Examples.snapshot(1, 0), "t", CHUNK_BYTES);
    pieces.addAll(List.copyOf(pieces));

    List<Assembly<PolicySnapshot>> found = read(records(0, pieces));

    assertThat(wholes(found)).hasSize(1);
    assertThat(reasons(found)).containsExactly("it came before");
  }

  @Test
  void aReaderThatStartsInTheMiddleWaitsForTheNextTransfer() {
    List<RawRecord> records =
        records(0, pieces(Examples.snapshot(1, 0), "t", CHUNK_BYTES)).subList(3, 8);

    List<Assembly<PolicySnapshot>> found = read(records);

    assertThat(reasons(found)).containsExactly("its first chunks are not here");
  }

  @Test
  void aTransferBeyondTheLimitIsGivenUpWhenItPassesIt() {
    TensorAssembler<PolicySnapshot> small =
        new TensorAssembler<>(
            new PolicySnapshotFormat(), new AssemblyLimits(200, 8), new LentTransfers());
    List<RawRecord> records = records(0, pieces(Examples.snapshot(1, 0), "t", CHUNK_BYTES));

    List<Assembly<PolicySnapshot>> found = read(small, records);

    assertThat(reasons(found)).containsExactly("it is larger than 200 bytes");
  }

  @Test
  void ofTooManyUnfinishedTransfersTheOneThatStoodLongestIsGivenUp() {
    TensorAssembler<PolicySnapshot> small =
        new TensorAssembler<>(
            new PolicySnapshotFormat(), new AssemblyLimits(1000, 8), new LentTransfers());
    List<Piece> pieces = pieces(Examples.snapshot(9, 0), "dead", CHUNK_BYTES).subList(0, 8);
    PolicySnapshot alive = Examples.snapshot(1, 0);
    List<Piece> all = new ArrayList<>(pieces);
    all.addAll(pieces(alive, "alive", CHUNK_BYTES));

    List<Assembly<PolicySnapshot>> found = read(small, records(0, all));

    assertThat(wholes(found)).containsExactly(alive);
    assertThat(reasons(found)).singleElement().asString().contains("stood still longest");
  }

  @Test
  void aDeadWriterHoldsTheResumeOffsetBackOnlyForAWhile() {
    TensorAssembler<PolicySnapshot> patient =
        new TensorAssembler<>(
            new PolicySnapshotFormat(), new AssemblyLimits(1 << 20, 2), new LentTransfers());
    List<Piece> all = new ArrayList<>(pieces(Examples.snapshot(9, 0), "dead", 64).subList(0, 2));
    for (int i = 0; i < 2; i++) {
      all.addAll(pieces(Examples.snapshot(i, 1), "alive" + i, 10_000));
    }

    List<Assembly<PolicySnapshot>> found = read(patient, records(0, all));

    assertThat(found).hasSize(3);
    assertThat(((Whole<PolicySnapshot>) found.get(0)).resumeOffset()).isZero();
    assertThat(reasons(found)).containsExactly("its writer stopped in the middle");
    assertThat(((Whole<PolicySnapshot>) found.get(2)).resumeOffset()).isEqualTo(all.size());
  }

  @Test
  void bytesThatAreNoPieceAreMalformedAndDisturbNothing() {
    PolicySnapshot sent = Examples.snapshot(1, 0);
    List<RawRecord> records = records(0, pieces(sent, "t", CHUNK_BYTES));
    List<RawRecord> disturbed = new ArrayList<>(records);
    disturbed.add(2, Examples.record("policy-versions", 2, "nonsense"));
    disturbed.add(4, Examples.record("policy-versions", 4, (byte[]) null));
    disturbed.add(5, Examples.record("policy-versions", 5, new byte[0]));

    List<Assembly<PolicySnapshot>> found = read(disturbed);

    assertThat(found).filteredOn(Malformed.class::isInstance).hasSize(3);
    assertThat(wholes(found)).containsExactly(sent);
  }

  @Test
  void aManifestOfAnotherKindIsMalformed() {
    List<Piece> pieces = new ArrayList<>();
    new TensorChunking<>(new GradientPartFormat(), 10_000)
        .pieces(Examples.gradientPart(1), "t", "slot")
        .forEachRemaining(pieces::add);

    List<Assembly<PolicySnapshot>> found = read(records(0, pieces));

    assertThat(found).singleElement().isInstanceOf(Malformed.class);
  }

  @Cases
  void noBytesCauseAnException(Draw draw) {
    byte[] bytes = draw.bytes(255);
    assertThat(assembler.accept(Examples.record("policy-versions", 0, bytes))).isNotNull();
  }

  private static List<Piece> pieces(PolicySnapshot snapshot, String transferId, int chunkBytes) {
    List<Piece> pieces = new ArrayList<>();
    new TensorChunking<>(new PolicySnapshotFormat(), chunkBytes)
        .pieces(snapshot, transferId, "slot")
        .forEachRemaining(pieces::add);
    return pieces;
  }

  private static List<RawRecord> records(long firstOffset, List<Piece> pieces) {
    List<RawRecord> records = new ArrayList<>();
    for (Piece piece : pieces) {
      records.add(
          new RawRecord(
              new RecordCoordinates(
                  "policy-versions", Examples.TOPIC_ID, 0, firstOffset + records.size()),
              piece.key(),
              piece.value()));
    }
    return records;
  }

  /** What a fresh reader finds. */
  private static List<Assembly<PolicySnapshot>> read(List<RawRecord> records) {
    return read(
        new TensorAssembler<>(
            new PolicySnapshotFormat(), AssemblyLimits.DEFAULT, new LentTransfers()),
        records);
  }

  private static List<Assembly<PolicySnapshot>> read(
      TensorAssembler<PolicySnapshot> assembler, List<RawRecord> records) {
    return records.stream()
        .flatMap(record -> assembler.accept(record).stream())
        .filter(found -> !(found instanceof Assembly.Piece))
        .toList();
  }

  private static List<PolicySnapshot> wholes(List<Assembly<PolicySnapshot>> found) {
    return found.stream()
        .filter(Whole.class::isInstance)
        .map(whole -> ((Whole<PolicySnapshot>) whole).value())
        .toList();
  }

  private static List<String> reasons(List<Assembly<PolicySnapshot>> found) {
    return found.stream()
        .filter(Skipped.class::isInstance)
        .map(skipped -> ((Skipped<PolicySnapshot>) skipped).reason())
        .toList();
  }
}
