package io.gapo.streams.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.gapo.core.combine.CountSketch;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.LinearGradients;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.ppo.LossAggregation;
import io.gapo.core.rollout.ChatMessage;
import io.gapo.core.rollout.MissingScore;
import io.gapo.core.rollout.PromptNotes;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.step.BatchUnion;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.OffPolicyTokens;
import io.gapo.core.step.StepStatistics;
import io.gapo.core.step.UpdateDirection;
import io.gapo.streams.Examples;
import io.gapo.streams.proto.GramMatrixMessage;
import io.gapo.streams.proto.ObjectiveGradientsMessage;
import io.gapo.streams.proto.OffPolicyTokensMessage;
import io.gapo.streams.proto.RolloutMessage;
import io.gapo.streams.proto.ScoreMessage;
import io.gapo.streams.proto.UpdateDirectionMessage;
import io.gapo.streams.topic.Quarantined;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CodecsTest {

  private static final List<RecordCodec<?>> ALL =
      List.of(
          new RolloutCodec(),
          new ScoreCodec(),
          new ObjectiveGradientsCodec(),
          new UpdateDirectionCodec(),
          new LineageCodec(),
          new QuarantinedCodec());

  @Test
  void aRolloutKeepsItsDigest() throws MalformedRecordException {
    Rollout rollout = Examples.rollout("p", 3);

    Rollout decoded = roundTrip(new RolloutCodec(), rollout);

    assertThat(decoded.digest()).isEqualTo(rollout.digest());
  }

  @Test
  void aRolloutKeepsItsPreferenceNotesHistoryAndTheDigestWithThem()
      throws MalformedRecordException {
    Rollout example = Examples.rollout("p", 3);
    Rollout rollout =
        new Rollout(
            "p",
            3,
            example.prompt(),
            example.response(),
            example.promptTokens(),
            example.responseTokens(),
            example.behaviorLogProbs(),
            example.versions(),
            example.finishReason(),
            1,
            Optional.of(PromptPreference.of(Map.of("helpful", 0.7, "harmless", 0.2))),
            new PromptNotes(Optional.of(""), Optional.of("{\"a\":[1]}")),
            List.of(new ChatMessage("system", "Be brief."), new ChatMessage("user", "")));

    Rollout decoded = roundTrip(new RolloutCodec(), rollout);

    assertThat(decoded.preference()).isEqualTo(rollout.preference());
    assertThat(decoded.notes()).isEqualTo(rollout.notes());
    assertThat(decoded.history()).isEqualTo(rollout.history());
    assertThat(decoded.digest()).isEqualTo(rollout.digest());
  }

  @Cases
  void floatsTravelBitByBit(Draw draw) throws MalformedRecordException {
    float logProb = draw.anyFloat();
    long seed = draw.anyLong();
    Rollout example = Examples.rollout("p", 0);
    Rollout rollout =
        new Rollout(
            "p",
            0,
            example.prompt(),
            example.response(),
            example.promptTokens(),
            new int[] {5},
            new float[] {logProb},
            new long[] {0},
            example.finishReason(),
            seed);

    assertThat(roundTrip(new RolloutCodec(), rollout)).isEqualTo(rollout);
  }

  @Test
  void everyRecordOfAStepTravelsUnchanged() throws MalformedRecordException {
    assertTravels(new ScoreCodec(), Examples.score(Examples.rollout("a", 1), -0.1));
    assertTravels(new ScoreCodec(), new MissingScore("a#1", "d", "tone", "the judge is silent"));
    assertTravels(new ObjectiveGradientsCodec(), Examples.objectiveGradients(7));
    assertTravels(new UpdateDirectionCodec(), Examples.direction(7));
    assertTravels(
        new ObjectiveGradientsCodec(),
        summable(new LinearGradients(3, null, new float[][] {{1, 2, 3}, {-4, 5, 6e-30f}})));
    assertTravels(
        new ObjectiveGradientsCodec(),
        summable(new LinearGradients(9, new CountSketch(2, -5), new float[][] {{1, 2}, {3, 4}})));
    assertTravels(new UpdateDirectionCodec(), ofUnion(Examples.direction(7)));
    assertTravels(new LineageCodec(), Examples.versionLineage(8, "a", "b"));
    for (Settlement.Fate fate : Settlement.Fate.values()) {
      assertTravels(new LineageCodec(), Examples.settlement("a", fate));
    }
  }

  @Test
  void aQuarantinedRecordTravelsWithItsBytes() throws MalformedRecordException {
    Quarantined quarantined =
        Quarantined.of(
            Examples.record("gapo.prompts", 17, "{nonsense"),
            "rollout-generator",
            "malformed JSON",
            Instant.parse("2026-11-23T10:15:30Z"));

    Quarantined decoded = roundTrip(new QuarantinedCodec(), quarantined);

    assertThat(decoded).usingRecursiveComparison().isEqualTo(quarantined);
    assertThat(decoded.key()).isNull();
  }

  @Test
  void quarantineCutsALongValueAndKeepsItsLength() {
    Quarantined quarantined =
        Quarantined.of(
            Examples.record("t", 0, new byte[1_000_000]), "stage", "too large", Instant.EPOCH);

    assertThat(quarantined.value()).hasSize(Quarantined.MAX_VALUE_BYTES);
    assertThat(quarantined.valueBytes()).isEqualTo(1_000_000);
  }

  @Test
  void aTombstoneIsMalformed() {
    for (RecordCodec<?> codec : ALL) {
      assertThatThrownBy(() -> codec.decode(null))
          .isInstanceOf(MalformedRecordException.class)
          .hasMessageContaining("no value");
    }
  }

  @Test
  void anEmptyRecordIsMalformedBecauseWhatIsNeededIsMissing() {
    for (RecordCodec<?> codec : ALL) {
      assertThatThrownBy(() -> codec.decode(new byte[0]))
          .isInstanceOf(MalformedRecordException.class);
    }
  }

  @Test
  void aRecordBeyondTheLimitIsNotParsed() {
    assertThatThrownBy(() -> new RolloutCodec().decode(new byte[ProtobufReader.MAX_BYTES + 1]))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessage("not a rollout: 16777217 bytes, the limit is 16777216");
  }

  @Cases
  void noBytesCauseAnotherExceptionThanMalformed(Draw draw) {
    byte[] bytes = draw.bytes(255);
    for (RecordCodec<?> codec : ALL) {
      assertDecodesOrIsMalformed(codec, bytes);
    }
  }

  @Cases(300)
  void neitherDoBytesWithOneFlippedBit(Draw draw) throws Exception {
    int position = draw.between(Integer.MIN_VALUE, Integer.MAX_VALUE);
    List<byte[]> records =
        List.of(
            new RolloutCodec().encode(Examples.rollout("p", 0)),
            new ObjectiveGradientsCodec().encode(Examples.objectiveGradients(1)),
            new LineageCodec().encode(Examples.versionLineage(1, "a")));
    for (byte[] record : records) {
      int bit = Math.floorMod(position, record.length * 8);
      record[bit / 8] ^= (byte) (1 << (bit % 8));
      ALL.forEach(codec -> assertDecodesOrIsMalformed(codec, record));
    }
  }

  @Test
  void fieldsOfALaterVersionAreIgnored() throws Exception {
    Rollout rollout = Examples.rollout("p", 0);
    UnknownFieldSet later =
        UnknownFieldSet.newBuilder()
            .addField(
                900,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("new"))
                    .build())
            .build();
    byte[] bytes =
        RolloutMessage.parseFrom(new RolloutCodec().encode(rollout)).toBuilder()
            .setUnknownFields(later)
            .build()
            .toByteArray();

    assertThat(new RolloutCodec().decode(bytes)).isEqualTo(rollout);
  }

  @Test
  void aGramMatrixKeepsItsResolution() throws Exception {
    ObjectiveGradients example = Examples.objectiveGradients(7);
    ObjectiveGradients coarse =
        new ObjectiveGradients(
            example.step(),
            new MeasuredBatch(
                GramMatrix.measured(example.gram().toRows(), 8),
                Optional.empty(),
                example.statistics(),
                Optional.empty()),
            example.rollouts(),
            example.memory());
    byte[] bytes = new ObjectiveGradientsCodec().encode(coarse);
    ObjectiveGradientsMessage.Builder before =
        ObjectiveGradientsMessage.parseFrom(bytes).toBuilder();
    before.getGramBuilder().clearResolution();

    assertThat(new ObjectiveGradientsCodec().decode(bytes).gram().resolution())
        .isEqualTo(coarse.gram().resolution());
    assertThat(
            new ObjectiveGradientsCodec().decode(before.build().toByteArray()).gram().resolution())
        .isEqualTo(example.gram().resolution());
  }

  @Test
  void statisticsFromBeforeTokensHadAStalenessAreOfMeansOverSequences() throws Exception {
    ObjectiveGradients example = Examples.objectiveGradients(1);
    ObjectiveGradientsMessage.Builder before =
        ObjectiveGradientsMessage.parseFrom(new ObjectiveGradientsCodec().encode(example))
            .toBuilder();
    before
        .getStatisticsBuilder()
        .clearByTokenStaleness()
        .clearLossAggregation()
        .clearKlCoefficient();

    StepStatistics read =
        new ObjectiveGradientsCodec().decode(before.build().toByteArray()).statistics();

    assertThat(read.aggregation()).isEqualTo(LossAggregation.SEQUENCE_MEAN);
    assertThat(read.policy().klCoefficient()).isNaN();
    assertThat(read.ratios().byStaleness()).isEmpty();
    assertThat(read.ratios().tokens()).isEqualTo(OffPolicyTokens.NONE);
    assertThat(read.ratios().mean()).isEqualTo(example.statistics().ratios().mean());
  }

  @Test
  void refusesANegativeStalenessAndAnAggregationThatItDoesNotKnow() throws Exception {
    ObjectiveGradientsCodec codec = new ObjectiveGradientsCodec();
    ObjectiveGradientsMessage message =
        ObjectiveGradientsMessage.parseFrom(codec.encode(Examples.objectiveGradients(1)));
    ObjectiveGradientsMessage.Builder negative = message.toBuilder();
    negative
        .getStatisticsBuilder()
        .putByTokenStaleness(-1, OffPolicyTokensMessage.getDefaultInstance());
    ObjectiveGradientsMessage.Builder newer = message.toBuilder();
    newer.getStatisticsBuilder().setLossAggregationValue(77);

    assertThatThrownBy(() -> codec.decode(negative.build().toByteArray()))
        .hasMessageContaining("staleness of tokens must be >= 0, was -1");
    assertThatThrownBy(() -> codec.decode(newer.build().toByteArray()))
        .hasMessageContaining("newer release");
  }

  @Test
  void aMemoryFromBeforeMemoriesHadNamesIsReadAsSuch() throws Exception {
    ObjectiveGradientsMessage gradients =
        ObjectiveGradientsMessage.parseFrom(
            new ObjectiveGradientsCodec().encode(Examples.objectiveGradients(1)));
    UpdateDirectionMessage.Builder direction =
        UpdateDirectionMessage.parseFrom(new UpdateDirectionCodec().encode(Examples.direction(1)))
            .toBuilder();
    direction.getCombinationBuilder().clearNamedMemory().addMemory(0.25);

    MethodMemory unnamed = MethodMemory.unnamed(List.of(0.25));
    assertThat(
            new ObjectiveGradientsCodec()
                .decode(
                    gradients.toBuilder()
                        .clearMemory()
                        .addCombinerMemory(0.25)
                        .build()
                        .toByteArray())
                .memory())
        .isEqualTo(unnamed);
    assertThat(
            new UpdateDirectionCodec()
                .decode(direction.build().toByteArray())
                .combination()
                .memory())
        .isEqualTo(unnamed);
    direction.getCombinationBuilder().clearMemory();
    assertThat(
            new UpdateDirectionCodec()
                .decode(direction.build().toByteArray())
                .combination()
                .memory())
        .isEqualTo(MethodMemory.NONE);
  }

  @Test
  void rolloutsFromBeforeTheyCarriedTheirDigestAreRead() throws Exception {
    Rollout rollout = Examples.rollout("p", 0);
    RolloutMessage message = RolloutMessage.parseFrom(new RolloutCodec().encode(rollout));
    byte[] old = message.toBuilder().clearDigest().build().toByteArray();

    assertThat(message.getDigest()).isEqualTo(rollout.digest());
    assertThat(new RolloutCodec().decode(old)).isEqualTo(rollout);
  }

  @Test
  void theReasonNamesWhatIsWrong() throws Exception {
    RolloutMessage rollout =
        RolloutMessage.parseFrom(new RolloutCodec().encode(Examples.rollout("p", 0)));
    ScoreMessage score =
        ScoreMessage.parseFrom(
            new ScoreCodec().encode(Examples.score(Examples.rollout("p", 0), 1)));

    assertReason(new RolloutCodec(), rollout.toBuilder().clearPromptId(), "prompt id is missing");
    assertReason(new RolloutCodec(), rollout.toBuilder().setSampleIndex(-1), "sample index");
    assertReason(new RolloutCodec(), rollout.toBuilder().setVersions(0, -1), "policy version");
    assertReason(new RolloutCodec(), rollout.toBuilder().clearVersions(), "3 log-probabilities");
    assertReason(new RolloutCodec(), rollout.toBuilder().setFinishReasonValue(9), "finish reason");
    assertReason(new RolloutCodec(), rollout.toBuilder().setSeed(9), "but it says");
    assertReason(new ScoreCodec(), score.toBuilder().clearValue(), "value is missing");
    assertReason(new ScoreCodec(), score.toBuilder().setNoScore(" "), "reason is missing");
    assertReason(new ScoreCodec(), score.toBuilder().setRolloutId("p"), "not a rollout id");
  }

  @Test
  void aScoreBeyondAllReasonIsNoScore() throws Exception {
    for (double value : new double[] {1e13, -1e13, Double.NaN, Double.NEGATIVE_INFINITY}) {
      ScoreMessage.Builder score =
          ScoreMessage.newBuilder()
              .setRolloutId("a#1")
              .setRolloutDigest("d")
              .setObjective("tone")
              .setValue(value);

      assertThat(new ScoreCodec().decode(score.build().toByteArray()))
          .isEqualTo(new MissingScore("a#1", "d", "tone", "its score is " + value));
    }
  }

  @Test
  void aGramMatrixMustBeSquareAndWeightsFinite() throws Exception {
    UpdateDirectionMessage direction =
        UpdateDirectionMessage.parseFrom(new UpdateDirectionCodec().encode(Examples.direction(1)));
    UpdateDirectionMessage.Builder lopsided = direction.toBuilder();
    lopsided.setGram(GramMatrixMessage.newBuilder().setObjectives(65_536));
    UpdateDirectionMessage.Builder infinite = direction.toBuilder();
    infinite.getCombinationBuilder().setWeights(1, Double.POSITIVE_INFINITY);

    assertReason(new UpdateDirectionCodec(), lopsided, "65536 objectives has 0 values");
    assertReason(new UpdateDirectionCodec(), infinite, "weights must be finite");
  }

  @Test
  void aStepHasEveryFigureOfEveryObjective() throws Exception {
    ObjectiveGradientsMessage.Builder gradients =
        ObjectiveGradientsMessage.parseFrom(
            new ObjectiveGradientsCodec().encode(Examples.objectiveGradients(1)))
            .toBuilder();
    gradients.getStatisticsBuilder().addLosses(1);

    assertReason(
        new ObjectiveGradientsCodec(), gradients, "expected one score, share, loss and value loss");
  }

  private static void assertReason(
      RecordCodec<?> codec, com.google.protobuf.Message.Builder message, String reason) {
    byte[] bytes = message.build().toByteArray();

    assertThatThrownBy(() -> codec.decode(bytes))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining(reason);
  }

  private static void assertTravels(LineageCodec codec, LineageRecord value)
      throws MalformedRecordException {
    assertThat(roundTrip(codec, value)).isEqualTo(value);
  }

  private static <T> void assertTravels(RecordCodec<T> codec, T value)
      throws MalformedRecordException {
    assertThat(roundTrip(codec, value)).isEqualTo(value);
  }

  private static <T> T roundTrip(RecordCodec<T> codec, T value) throws MalformedRecordException {
    return codec.decode(codec.encode(value));
  }

  private static void assertDecodesOrIsMalformed(RecordCodec<?> codec, byte[] bytes) {
    try {
      codec.decode(bytes);
    } catch (MalformedRecordException e) {
      assertThat(e.getMessage()).isNotBlank();
    } catch (RuntimeException e) {
      fail("%s threw on %d bytes", codec, bytes.length, e);
    }
  }

  private static ObjectiveGradients summable(LinearGradients linear) {
    ObjectiveGradients alone = Examples.objectiveGradients(7);
    return new ObjectiveGradients(
        alone.step(),
        new MeasuredBatch(
            alone.gram(), alone.measured().fullGram(), alone.statistics(), Optional.of(linear)),
        alone.rollouts(),
        alone.memory());
  }

  private static UpdateDirection ofUnion(UpdateDirection alone) {
    return new UpdateDirection(
        alone.step(),
        alone.combination(),
        alone.klWeight(),
        alone.gram(),
        alone.audit(),
        new BatchUnion(alone.gram(), 3, 12, 340));
  }
}
