package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.MeasuredBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The reference policy is run once for each response, whenever there is time. */
class ReferenceLogProbsTest {

  private final List<List<Integer>> runs = new ArrayList<>();

  @Test
  void runsTheReferencePolicyOnceForEachResponse() {
    ReferenceLogProbs references = keeping(100);

    assertThat(references.of(List.of(rollout(1, 3)))).isEqualTo(new double[][] {{-1, -1, -1}});
    assertThat(references.of(List.of(rollout(2, 1), rollout(1, 3), rollout(3, 2))))
        .isEqualTo(new double[][] {{-2}, {-1, -1, -1}, {-3, -3}});

    assertThat(runs).containsExactly(List.of(1), List.of(2, 3));
  }

  @Test
  void keepsThoseUsedLast() {
    ReferenceLogProbs references = keeping(4);
    references.of(List.of(rollout(1, 2)));
    references.of(List.of(rollout(2, 2)));
    references.of(List.of(rollout(1, 2)));

    references.of(List.of(rollout(3, 2)));

    runs.clear();
    references.of(List.of(rollout(1, 2), rollout(3, 2)));
    assertThat(runs).isEmpty();
    references.of(List.of(rollout(2, 2)));
    assertThat(runs).containsExactly(List.of(2));
  }

  @Test
  void aBatchThatIsTooLargeToKeepIsWholeAllTheSame() {
    ReferenceLogProbs references = keeping(1);

    assertThat(references.of(List.of(rollout(1, 2), rollout(2, 2))))
        .isEqualTo(new double[][] {{-1, -1}, {-2, -2}});
  }

  @Test
  void preparedRolloutsGiveTheSameGradients() {
    List<ScoredRollout> batch = PpoFixture.batch();
    MeasuredBatch expected = measured(batch, List.of());

    MeasuredBatch prepared =
        measured(batch, batch.stream().map(ScoredRollout::rollout).limit(2).toList());

    int objectives = PpoFixture.OBJECTIVES.size();
    for (int i = 0; i < objectives; i++) {
      for (int j = 0; j < objectives; j++) {
        double scale = Math.sqrt(expected.gram().at(i, i) * expected.gram().at(j, j));
        assertThat(prepared.gram().at(i, j))
            .isCloseTo(expected.gram().at(i, j), within(1e-6 * scale));
      }
    }
  }

  @Test
  void whatCannotBeMeasuredIsNotPreparedAndRefusedWithItsBatch() {
    Rollout unknownToken = rollout(1_000_000, 1);
    try (TorchPolicyGradients gradients = PpoFixture.open(AdvantageKind.GAE, 1000)) {
      gradients.prepare(List.of(unknownToken));

      assertThatThrownBy(
              () -> gradients.measure(List.of(new ScoredRollout(unknownToken, new double[3]))))
          .hasMessageContaining("token 1000000");
    }
  }

  private static MeasuredBatch measured(List<ScoredRollout> batch, List<Rollout> prepared) {
    try (TorchPolicyGradients gradients = PpoFixture.open(AdvantageKind.GAE, 1000)) {
      if (!prepared.isEmpty()) {
        gradients.prepare(prepared);
      }
      return gradients.measure(batch);
    }
  }

  /** Says minus the token, and remembers which were asked for. */
  private ReferenceLogProbs keeping(long tokens) {
    return new ReferenceLogProbs(
        pack -> {
          List<Integer> asked = new ArrayList<>();
          float[] logProbs = new float[pack.targets().length];
          for (int i = 0; i < logProbs.length; i++) {
            logProbs[i] = -pack.targets()[i];
            int token = (int) pack.targets()[i];
            if (!asked.contains(token)) {
              asked.add(token);
            }
          }
          runs.add(asked);
          return logProbs;
        },
        1000,
        tokens);
  }

  /** A response of {@code length} times the same token. */
  private static Rollout rollout(int token, int length) {
    int[] tokens = new int[length];
    Arrays.fill(tokens, token);
    return new Rollout(
        "p" + token,
        0,
        "prompt",
        "response",
        new int[] {1},
        tokens,
        new float[length],
        new long[length],
        FinishReason.LENGTH,
        1);
  }
}
