package io.gapo.core.flow;

import static io.gapo.core.rollout.RolloutExamples.rollout;
import static io.gapo.core.rollout.RolloutExamples.score;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gapo.core.flow.RolloutJoin.Arrival;
import io.gapo.core.flow.RolloutJoin.Unscorable;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.MissingScore;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RolloutJoinTest {

  private static final List<String> OBJECTIVES = List.of("helpful", "harmless");
  private static final int SAMPLES = 2;

  private RolloutJoin join = new RolloutJoin(OBJECTIVES, SAMPLES);

  @Test
  void joinsARolloutWithItsScoresInTheRunsOrderWhicheverComesFirst() {
    Rollout first = rollout("p", 0, 0);
    Rollout second = rollout("p", 1, 0);

    join.add(score(first, "harmless", -1));
    join.add(first);
    join.add(score(first, "helpful", 2));
    complete(second);

    assertThat(join.takeBatch(2).orElseThrow())
        .containsExactly(
            new ScoredRollout(first, new double[] {2, -1}),
            new ScoredRollout(second, new double[] {0.5, 0.5}));
  }

  @Test
  void waitsForEverySampleOfAPrompt() {
    complete(rollout("p", 0, 0));

    assertThat(join.takeBatch(1)).isEmpty();
  }

  @Test
  void doesNotWaitForASampleThatWasSettledOtherwise() {
    complete(rollout("p", 0, 0));

    join.settle("p#1");

    assertThat(ids(join.takeBatch(1))).containsExactly("p#0");
  }

  @Test
  void joinsAScoreOnlyWithTheSamplingThatItScored() {
    Rollout lost = rollout("p", 0, 0, "sampled before the crash");
    Rollout kept = rollout("p", 0, 0, "sampled after the crash");
    complete(rollout("p", 1, 0));

    join.add(kept);
    join.add(score(lost, "helpful", 1));
    join.add(score(kept, "harmless", 2));

    assertThat(join.takeBatch(1)).isEmpty();
  }

  @Test
  void letsTheSamplingThatIsCompleteFirstStandForTheId() {
    Rollout begunFirst = rollout("p", 0, 0, "begun first");
    Rollout completeFirst = rollout("p", 0, 0, "complete first");
    complete(rollout("p", 1, 0));

    join.add(begunFirst);
    complete(completeFirst);
    join.add(score(begunFirst, "helpful", 9));
    join.add(score(begunFirst, "harmless", 9));

    assertThat(join.takeBatch(2).orElseThrow().get(0).rollout()).isEqualTo(completeFirst);
  }

  @Test
  void keepsTheFirstOfTwoScoresForTheSameSampling() {
    Rollout first = rollout("p", 0, 0);
    complete(first);
    complete(rollout("p", 1, 0));

    join.add(score(first, "helpful", 7));

    assertThat(join.takeBatch(2).orElseThrow().get(0).scores()).containsExactly(0.5, 0.5);
  }

  @Test
  void knowsWhichRolloutsWaitForAnObjective() {
    Rollout first = rollout("p", 0, 0);
    Rollout second = rollout("p", 1, 0);
    join.add(second);
    join.add(first);
    join.add(score(first, "helpful", 1));
    join.add(score(rollout("unseen", 0, 0), "helpful", 1));

    assertThat(join.awaiting("helpful")).containsExactly("p#1");
    assertThat(join.awaiting("harmless")).containsExactly("p#0", "p#1");
    complete(first);
    join.settle("p#1");

    assertThat(join.awaiting("helpful")).isEmpty();
    assertThat(join.awaiting("harmless")).isEmpty();
  }

  @Test
  void knowsARolloutThatAnObjectiveCannotScoreOnceBothHaveCome() {
    Rollout rollout = rollout("p", 0, 0);
    MissingScore missing = missing(rollout);

    join.add(missing);
    assertThat(join.unscorable("p#0")).isEmpty();
    join.add(score(rollout, "helpful", 1));
    join.add(rollout);

    assertThat(join.unscorable("p#0")).contains(new Unscorable(rollout, missing));
    join.settle("p#0");
    assertThat(join.unscorable("p#0")).isEmpty();
  }

  @Test
  void theFirstRecordOfAnObjectiveCountsInAnyOrder() {
    Rollout rollout = rollout("p", 0, 0);

    join.add(missing(rollout));
    join.add(score(rollout, "harmless", 1));
    join.add(score(rollout, "helpful", 1));
    join.add(rollout);

    assertThat(join.unscorable("p#0")).contains(new Unscorable(rollout, missing(rollout)));
  }

  @Test
  void forgetsAScoreWhoseRolloutHasNotCome() {
    Rollout rollout = rollout("p", 0, 0);
    join.add(score(rollout, "helpful", 1));
    join.add(score(rollout, "harmless", 1));

    join.forget(score(rollout, "helpful", 1));
    assertThat(join.waiting()).isEqualTo(1);
    join.add(rollout);
    assertThat(join.awaiting("helpful")).containsExactly("p#0");
    assertThat(join.awaiting("harmless")).isEmpty();

    join.forget(score(rollout, "harmless", 1));
    assertThat(join.awaiting("harmless")).isEmpty();
  }

  @Test
  void keepsNothingOfForgottenScores() {
    Rollout rollout = rollout("p", 0, 0);
    join.add(score(rollout, "helpful", 1));
    join.add(missing(rollout));

    join.forget(score(rollout, "helpful", 1));
    join.forget(missing(rollout));

    assertThat(join.waiting()).isZero();
  }

  @Test
  void letsASamplingThatIsCompleteOutweighOneThatCannotBeScored() {
    Rollout rollout = rollout("p", 0, 0, "complete");
    join.add(missing(rollout("p", 0, 0, "lost")));
    complete(rollout);
    join.add(rollout("p", 0, 0, "lost"));

    assertThat(join.unscorable("p#0")).isEmpty();
  }

  @Test
  void holdsASamplingFromItsArrivalOn() {
    Rollout rollout = rollout("p", 0, 0);
    join.add(score(rollout, "helpful", 1));

    assertThat(join.isHeld("p#0", rollout.digest())).isFalse();
    join.add(rollout);

    assertThat(join.isHeld("p#0", rollout.digest())).isTrue();
    assertThat(join.isHeld("p#0", "another")).isFalse();
    assertThat(join.isHeld("p#1", rollout.digest())).isFalse();
  }

  private static MissingScore missing(Rollout rollout) {
    return new MissingScore(rollout.id(), rollout.digest(), "harmless", "no");
  }

  @Test
  void takesTheOldestPromptsAndNoMoreThanNeeded() {
    completePrompt("young", 3);
    completePrompt("old", 1);
    completePrompt("middle", 2);

    assertThat(ids(join.takeBatch(3))).containsExactly("old#0", "old#1", "middle#0", "middle#1");
    assertThat(ids(join.takeBatch(2))).containsExactly("young#0", "young#1");
  }

  @Test
  void takesPromptsOfOneVersionAsTheyCame() {
    completePrompt("z", 1);
    completePrompt("a", 1);

    assertThat(ids(join.takeBatch(2))).containsExactly("z#0", "z#1");
  }

  @Test
  void takesMoreThanNeededOnlyOfThoseWhoseLastChanceItIs() {
    completePrompt("young", 3);
    completePrompt("old", 1);
    completePrompt("middle", 2);

    assertThat(ids(join.takeBatch(1, version -> version.number() <= 2)))
        .containsExactly("old#0", "old#1", "middle#0", "middle#1");
    assertThat(join.takeBatch(3, version -> true)).isEmpty();
  }

  @Test
  void takesAllThatIsWhole() {
    complete(rollout("half", 0, 0));
    assertThat(join.takeAll()).isEmpty();
    completePrompt("p", 1);
    completePrompt("q", 0);

    assertThat(ids(join.takeAll())).containsExactly("q#0", "q#1", "p#0", "p#1");
  }

  @Test
  void takesNothingWhenThereIsTooLittle() {
    completePrompt("p", 0);

    assertThat(join.takeBatch(3)).isEmpty();
    assertThat(join.takeBatch(2)).isPresent();
  }

  @Test
  void takesAReleasedRolloutAgainUnlessItWasSettled() {
    completePrompt("p", 0);
    List<String> taken = ids(join.takeBatch(2));

    join.settle("p#0");
    join.release(taken);

    assertThat(ids(join.takeBatch(1))).containsExactly("p#1");
  }

  @Test
  void recognizesWhatIsSettled() {
    Rollout rollout = rollout("p", 0, 0);

    join.settle("p#0");

    assertThat(join.add(rollout)).isEqualTo(Arrival.SETTLED);
    assertThat(join.add(score(rollout, "helpful", 1))).isEqualTo(Arrival.SETTLED);
    assertThat(join.isSettled("p#0")).isTrue();
    assertThat(join.waiting()).isZero();
  }

  @Test
  void recognizesWhatWasSettledLongAgo() {
    Rollout old = rollout("p", 0, 0);
    join.settle("p#0");

    IntStream.range(0, 10_000).forEach(i -> join.settle("later" + i + "#0"));

    assertThat(join.add(old)).isEqualTo(Arrival.SETTLED);
    assertThat(join.add(score(old, "helpful", 1))).isEqualTo(Arrival.SETTLED);
  }

  @Test
  void doesNotWaitForASampleThatWasSettledLongBeforeItsPromptCameAgain() {
    join.settle("p#1");
    complete(rollout("q", 0, 0));
    join.settle("q#0");

    complete(rollout("p", 0, 0));
    complete(rollout("q", 1, 0));

    assertThat(ids(join.takeBatch(2))).containsExactly("p#0", "q#1");
  }

  @Test
  void holdsNothingForAnObjectiveThatTheRunDoesNotHave() {
    assertThat(join.add(score(rollout("p", 0, 0), "concise", 1)))
        .isEqualTo(Arrival.UNKNOWN_OBJECTIVE);
    assertThat(join.waiting()).isZero();
  }

  @Test
  void findsOverAgeRolloutsScoredOrNotButNoneInABatch() {
    completePrompt("taken", 0);
    join.takeBatch(2);
    completePrompt("scored", 1);
    Rollout unscored = rollout("unscored", 0, 2);
    join.add(unscored);
    completePrompt("fresh", 3);

    List<Rollout> overAge = join.overAge(new StalenessLimit(1), new PolicyVersion(4));

    assertThat(overAge)
        .extracting(Rollout::id)
        .containsExactly("scored#0", "scored#1", "unscored#0");
  }

  @Test
  void judgesTheAgeOfTheFreshestSamplingThatMayStillBecomeComplete() {
    join.add(rollout("p", 0, 0));
    join.add(rollout("p", 0, 4));

    assertThat(join.overAge(new StalenessLimit(1), new PolicyVersion(4))).isEmpty();
  }

  @Test
  void takesSamplesBeyondThoseItWaitsFor() {
    complete(rollout("p", 2, 0));
    completePrompt("p", 0);

    assertThat(ids(join.takeBatch(2))).containsExactly("p#0", "p#1", "p#2");
  }

  @Test
  void rejectsARunWithoutObjectivesOrSamples() {
    assertThatIllegalArgumentException().isThrownBy(() -> new RolloutJoin(List.of(), 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new RolloutJoin(OBJECTIVES, 0));
  }

  /** Whatever the order and however often records repeat: each rollout is taken exactly once. */
  @Cases(200)
  void takesEveryRolloutExactlyOnce(Draw draw) {
    long seed = draw.anyLong();
    int prompts = draw.between(1, 6);
    int atLeast = draw.between(1, 5);
    join = new RolloutJoin(OBJECTIVES, SAMPLES);
    Random random = new Random(seed);
    List<Runnable> arrivals = new ArrayList<>();
    Set<String> expected = new HashSet<>();
    for (int p = 0; p < prompts; p++) {
      for (int k = 0; k < SAMPLES; k++) {
        Rollout rollout = rollout("p" + p, k, random.nextInt(3));
        Rollout incomplete = rollout("p" + p, k, 9, "its scores never come");
        expected.add(rollout.id());
        int copies = 1 + random.nextInt(2);
        for (int copy = 0; copy < copies; copy++) {
          arrivals.add(() -> join.add(rollout));
          arrivals.add(() -> join.add(score(rollout, "helpful", 1)));
          arrivals.add(() -> join.add(score(rollout, "harmless", 1)));
        }
        arrivals.add(() -> join.add(incomplete));
        arrivals.add(() -> join.add(score(incomplete, "helpful", 5)));
      }
    }
    Collections.shuffle(arrivals, random);

    List<String> taken = new ArrayList<>();
    for (Runnable arrival : arrivals) {
      arrival.run();
      join.takeBatch(atLeast).ifPresent(batch -> takeOrRelease(batch, random, atLeast, taken));
    }
    for (int prompt = 0; prompt < prompts; prompt++) {
      join.takeBatch(1).ifPresent(batch -> settle(batch, taken));
    }

    assertThat(taken).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(join.waiting()).isZero();
  }

  private void takeOrRelease(
      List<ScoredRollout> batch, Random random, int atLeast, List<String> taken) {
    assertThat(batch).hasSizeGreaterThanOrEqualTo(atLeast);
    assertThat(batch).allMatch(scored -> scored.rollout().response().equals("answer"));
    if (random.nextBoolean()) {
      settle(batch, taken);
    } else {
      join.release(batch.stream().map(scored -> scored.rollout().id()).toList());
    }
  }

  private void settle(List<ScoredRollout> batch, List<String> taken) {
    for (ScoredRollout scored : batch) {
      taken.add(scored.rollout().id());
      join.settle(scored.rollout().id());
    }
  }

  private void completePrompt(String promptId, long version) {
    for (int k = 0; k < SAMPLES; k++) {
      complete(rollout(promptId, k, version));
    }
  }

  private void complete(Rollout rollout) {
    join.add(rollout);
    OBJECTIVES.forEach(objective -> join.add(score(rollout, objective, 0.5)));
  }

  private static List<String> ids(Optional<List<ScoredRollout>> batch) {
    return batch.orElseThrow().stream().map(scored -> scored.rollout().id()).toList();
  }
}
