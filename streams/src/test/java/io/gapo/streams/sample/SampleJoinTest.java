package io.gapo.streams.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.Score;
import io.gapo.streams.Examples;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleJoinTest {

  private final Rollout rollout = Examples.rollout("a", 0);
  private final Rollout again =
      new Rollout(
          "a",
          0,
          "How do I boil an egg?",
          "Ten minutes.",
          new int[] {1},
          new int[] {2},
          new float[] {-1},
          new long[] {5},
          FinishReason.LENGTH,
          1);

  private static SampleJoin join(Rollout... rollouts) {
    return new SampleJoin(
        List.of(rollouts).stream().map(each -> SampledResponse.of(each, 1)).toList(),
        List.of("helpful", "harmless"));
  }

  private static Score score(Rollout rollout, String objective, double value) {
    return new Score(rollout.id(), rollout.digest(), objective, value);
  }

  @Test
  void keepsTheOrderOfObjectivesAndPutsOthersBehind() {
    SampleJoin join = join(rollout);

    join.add(score(rollout, "brief", 3));
    join.add(score(rollout, "harmless", 2));
    join.add(score(rollout, "helpful", 1));

    assertThat(join.samples().get(0).scores().keySet())
        .containsExactly("helpful", "harmless", "brief");
    assertThat(join.missing()).isEmpty();
  }

  @Test
  void theFirstScoreCountsAsInTraining() {
    SampleJoin join = join(rollout);

    join.add(score(rollout, "helpful", 1));
    join.add(score(rollout, "helpful", 2));

    assertThat(join.samples().get(0).scores()).containsEntry("helpful", 1.0);
  }

  @Test
  void aScoreJoinsTheVerySamplingThatItScored() {
    SampleJoin join = join(again);

    join.add(score(rollout, "helpful", 1));
    join.add(score(Examples.rollout("b", 0), "helpful", 1));

    assertThat(join.samples().get(0).scores()).isEmpty();
    assertThat(join.scoresOfOtherSamplings()).isEqualTo(1);
    assertThat(join.missing()).containsEntry("helpful", 1L).containsEntry("harmless", 1L);
  }

  @Test
  void whatTheLineageDoesNotNameWaits() {
    SampleJoin join = join(rollout);

    join.add(Examples.versionLineage(4, "b"));

    assertThat(join.samples().get(0).fate()).isEqualTo(RolloutFate.NONE_YET);
  }

  @Test
  void aVersionOutweighsASettlementInAnyOrder() {
    RolloutFate trained = new RolloutFate("trained", 4, "", true);
    SampleJoin first = join(rollout);
    first.add(Examples.settlement("a", Fate.REFUSED));
    first.add(Examples.versionLineage(4, "a"));
    SampleJoin second = join(rollout);
    second.add(Examples.versionLineage(4, "a"));
    second.add(Examples.settlement("a", Fate.REFUSED));

    assertThat(first.samples().get(0).fate()).isEqualTo(trained);
    assertThat(second.samples().get(0).fate()).isEqualTo(trained);
  }

  @Test
  void theFateOfAnIdIsThatOfAllItsSamplings() {
    SampleJoin join = join(rollout, again);

    join.add(new Settlement(RolloutReference.to(again), Fate.STALE, 7, "too old"));

    assertThat(join.samples())
        .extracting(Sample::fate)
        .containsExactly(
            new RolloutFate("stale", 7, "too old", false),
            new RolloutFate("stale", 7, "too old", true));
  }
}
