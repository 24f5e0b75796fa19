package io.gapo.core.flow;

import static io.gapo.core.rollout.RolloutExamples.rollout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SettledRollouts;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RolloutLedgerTest {

  private static final int SAMPLES = 2;
  private static final AdmissionQuota TWO_ROLLOUTS = new AdmissionQuota(2, new StalenessLimit(0));

  @Test
  void missesEverySampleOfANewPrompt() {
    assertThat(ledger(RolloutHistory.none()).missingSamples("p")).containsExactly(0, 1);
  }

  @Test
  void missesNoSampleThatIsDurableOrSettled() {
    RolloutLedger ledger =
        ledger(
            new RolloutHistory(
                Set.of("half#0", "whole#1"), SettledRollouts.of(List.of("whole#0"))));

    assertThat(ledger.missingSamples("half")).containsExactly(1);
    assertThat(ledger.missingSamples("whole")).isEmpty();
  }

  @Test
  void missesNoSampleThatWasSettledLongAgo() {
    RolloutLedger ledger = ledger(RolloutHistory.none());
    ledger.settle("p#0");
    ledger.settle("p#1");

    IntStream.range(0, 10_000).forEach(i -> ledger.settle("later" + i + "#0"));

    assertThat(ledger.missingSamples("p")).isEmpty();
    assertThat(ledger.isSettled("p")).isTrue();
    assertThat(ledger.isSettled("later7")).isFalse();
  }

  @Test
  void doesNotCountWhatTheHistorySettles() {
    RolloutLedger ledger =
        ledger(new RolloutHistory(Set.of("p#0", "p#1"), SettledRollouts.of(List.of("p#0"))));

    assertThat(ledger.outstanding()).isEqualTo(1);
  }

  @Test
  void admitsUntilTheQuotaIsFullAndAgainAfterwards() {
    RolloutLedger ledger = ledger(RolloutHistory.none());

    assertThat(ledger.admits("a")).isTrue();
    ledger.begin(List.of("a#0", "a#1"));
    assertThat(ledger.admits("b")).isFalse();
    ledger.settle("a#0");

    assertThat(ledger.admits("b")).isTrue();
    assertThat(ledger.limit()).isEqualTo(2);
  }

  @Test
  void admitsAHalfSampledPromptBeyondTheQuota() {
    RolloutLedger ledger = ledger(new RolloutHistory(Set.of("a#0", "b#0"), new SettledRollouts()));

    assertThat(ledger.admits("a")).isTrue();
    assertThat(ledger.admits("new")).isFalse();
    assertThat(ledger.isHalfSampled("a")).isTrue();
    assertThat(ledger.isHalfSampled("new")).isFalse();
  }

  @Test
  void givesBackWhatWillNotBeFinished() {
    RolloutLedger ledger = ledger(RolloutHistory.none());
    ledger.begin(List.of("a#0", "a#1"));

    ledger.giveBack(List.of("a#0", "a#1"));

    assertThat(ledger.outstanding()).isZero();
    assertThat(ledger.missingSamples("a")).containsExactly(0, 1);
  }

  @Test
  void keepsAFinishedRolloutUntilItIsSettled() {
    RolloutLedger ledger = ledger(RolloutHistory.none());
    Rollout rollout = rollout("a", 0, 0);
    ledger.begin(List.of("a#0", "a#1"));

    ledger.finish(rollout);
    assertThat(ledger.finishedSamples("a")).containsExactly(rollout);
    ledger.settle("a#0");

    assertThat(ledger.finishedSamples("a")).isEmpty();
    assertThat(ledger.missingSamples("a")).isEmpty();
  }

  @Test
  void keepsNothingThatWasSettledWhileItWasSampled() {
    RolloutLedger ledger = ledger(RolloutHistory.none());
    ledger.begin(List.of("a#0"));
    ledger.settle("a#0");

    ledger.finish(rollout("a", 0, 0));

    assertThat(ledger.finishedSamples("a")).isEmpty();
  }

  @Test
  void rejectsPromptsWithoutSamples() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RolloutLedger(TWO_ROLLOUTS, 0, RolloutHistory.none()));
  }

  /** The quota is passed by less than one prompt, and is whole again once all is settled. */
  @Cases(200)
  void staysWithinTheQuotaAndGetsAllOfItBack(Draw draw) {
    long seed = draw.anyLong();
    int batch = draw.between(1, 9);
    Random random = new Random(seed);
    AdmissionQuota quota = new AdmissionQuota(batch, new StalenessLimit(random.nextInt(3)));
    RolloutLedger ledger = new RolloutLedger(quota, SAMPLES, RolloutHistory.none());
    Deque<String> unsettled = new ArrayDeque<>();

    int prompts = 0;
    for (int turn = 0; turn < 200; turn++) {
      String prompt = "p" + prompts;
      if (random.nextInt(3) > 0 && ledger.admits(prompt)) {
        List<String> ids = new ArrayList<>();
        ledger.missingSamples(prompt).forEach(index -> ids.add(Rollout.id(prompt, index)));
        ledger.begin(ids);
        unsettled.addAll(ids);
        prompts++;
      } else if (!unsettled.isEmpty()) {
        ledger.settle(unsettled.remove());
      }
      assertThat(ledger.outstanding()).isLessThan(ledger.limit() + SAMPLES);
      assertThat(ledger.outstanding()).isEqualTo(unsettled.size());
    }
    unsettled.forEach(ledger::settle);

    assertThat(ledger.outstanding()).isZero();
  }

  private static RolloutLedger ledger(RolloutHistory history) {
    return new RolloutLedger(TWO_ROLLOUTS, SAMPLES, history);
  }
}
