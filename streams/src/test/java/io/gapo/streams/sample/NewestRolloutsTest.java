package io.gapo.streams.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.streams.Examples;
import io.gapo.streams.codec.RolloutCodec;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class NewestRolloutsTest {

  private static final int PARTITION = 3;

  private final NewestRollouts two =
      new NewestRollouts(new SampleQuery(OptionalLong.empty(), 2, 100));
  private final NewestRollouts ofFive =
      new NewestRollouts(new SampleQuery(OptionalLong.of(5), 2, 100));

  private static RawRecord record(String promptId, long writtenAt, long... versions) {
    Rollout rollout =
        new Rollout(
            promptId,
            0,
            "Hello?",
            "Hello.",
            new int[] {1},
            new int[versions.length],
            new float[versions.length],
            versions,
            FinishReason.LENGTH,
            7);
    return new RawRecord(
        new RecordCoordinates("rollouts", Examples.TOPIC_ID, PARTITION, 0),
        null,
        new RolloutCodec().encode(rollout),
        writtenAt);
  }

  @Test
  void keepsTheNewestOfRecordsInAnyOrder() {
    two.add(record("second", 20, 0));
    two.add(record("third", 30, 0));
    assertThat(two.isDone(PARTITION)).isTrue();
    two.add(record("first", 10, 0));

    assertThat(two.newestFirst())
        .extracting(SampledResponse::promptId)
        .containsExactly("third", "second");
    assertThat(two.oldest()).hasValue(20);
  }

  @Test
  void aRolloutThatWasWrittenTwiceIsOne() {
    two.add(record("a", 10, 0));
    two.add(record("a", 11, 0));

    assertThat(two.newestFirst()).hasSize(1);
    assertThat(two.isDone(PARTITION)).isFalse();
  }

  @Test
  void aVersionsRolloutsAreThoseThatItBegan() {
    ofFive.add(record("adopted in flight", 30, 5, 6));
    ofFive.add(record("begun before", 20, 4, 5));

    assertThat(ofFive.newestFirst())
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.promptId()).isEqualTo("adopted in flight");
              assertThat(found.newestVersion()).isEqualTo(6);
            });
    assertThat(ofFive.newestVersion()).isEqualTo(6);
  }

  @Test
  void isDoneWithAPartitionOnceAWholeWindowIsFromBeforeTheVersion() {
    ofFive.add(record("a", 30, 7));
    ofFive.add(record("b", 20, 4));
    assertThat(ofFive.isDone(PARTITION)).as("v7 was in the window").isFalse();

    ofFive.add(record("c", 10, 3, 4));
    assertThat(ofFive.isDone(PARTITION)).as("v4 at the most").isTrue();
    assertThat(ofFive.isDone(PARTITION)).as("an empty window says nothing").isFalse();
  }

  @Test
  void countsWhatIsNoRollout() {
    two.add(Examples.record("rollouts", 0, "not Protobuf"));

    assertThat(two.malformed()).isEqualTo(1);
    assertThat(two.newestVersion()).isEqualTo(-1);
  }
}
