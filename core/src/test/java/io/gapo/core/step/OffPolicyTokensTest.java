package io.gapo.core.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OffPolicyTokensTest {

  private static final double LN_2 = Math.log(2);

  @Test
  void countsEachTokenByItsOwnStaleness() {
    double[][] logProbs = {{-1, -1 + LN_2}, {-3}};
    double[][] behavior = {{-1, -1}, {-3 + LN_2}};

    SortedMap<Long, OffPolicyTokens> tokens =
        OffPolicyTokens.byStaleness(
            logProbs, behavior, new double[][] {{1, 2}, {0}}, new long[][] {{0, 3}, {3}});

    assertThat(tokens.keySet()).containsExactly(0L, 3L);
    assertThat(tokens.get(0L)).isEqualTo(new OffPolicyTokens(1, 0, 1, 1, 0));
    OffPolicyTokens old = Objects.requireNonNull(tokens.get(3L));
    assertThat(old.tokens()).isEqualTo(2);
    assertThat(old.mismatchKl()).isCloseTo((2 - 1 - LN_2 + 0.5 - 1 + LN_2) / 2, within(1e-15));
    assertThat(old.meanWeight()).isEqualTo(1);
    assertThat(old.meanSquareWeight()).isEqualTo(2);
    assertThat(old.maskedShare()).isEqualTo(0.5);
    assertThat(old.effectiveSampleSize()).isEqualTo(0.5);
  }

  @Test
  void whereAllIsLeftOutNothingIsEffective() {
    assertThat(new OffPolicyTokens(5, 1, 0, 0, 1).effectiveSampleSize()).isZero();
    assertThat(OffPolicyTokens.NONE.effectiveSampleSize()).isZero();
    assertThat(new ImportanceRatios(1, 1, 0).tokens()).isEqualTo(OffPolicyTokens.NONE);
  }

  /** Whatever two collectors share out, their union's figures are those of one batch. */
  @Cases(200)
  void theUnionOfBatchesIsThatOfOneBatch(Draw draw) {
    SplittableRandom random = new SplittableRandom(draw.anyLong());
    int rollouts = draw.between(2, 6);
    int first = draw.between(1, rollouts - 1);
    double[][] logProbs = new double[rollouts][];
    double[][] behavior = new double[rollouts][];
    double[][] weights = new double[rollouts][];
    long[][] staleness = new long[rollouts][];
    for (int i = 0; i < rollouts; i++) {
      int tokens = 1 + random.nextInt(5);
      logProbs[i] = random.doubles(tokens, -2, 0).toArray();
      behavior[i] = random.doubles(tokens, -2, 0).toArray();
      weights[i] = random.doubles(tokens, 0, 2).map(w -> w < 0.5 ? 0 : w).toArray();
      staleness[i] = random.longs(tokens, 0, 3).toArray();
    }

    SortedMap<Long, OffPolicyTokens> whole =
        OffPolicyTokens.byStaleness(logProbs, behavior, weights, staleness);
    SortedMap<Long, OffPolicyTokens> union =
        OffPolicyTokens.union(
            List.of(
                part(logProbs, behavior, weights, staleness, 0, first),
                part(logProbs, behavior, weights, staleness, first, rollouts)));

    assertThat(union.keySet()).isEqualTo(whole.keySet());
    union.forEach(
        (versions, tokens) -> assertClose(tokens, Objects.requireNonNull(whole.get(versions))));
    assertClose(OffPolicyTokens.together(union.values()), OffPolicyTokens.together(whole.values()));
  }

  @Test
  void ratiosKeepNoneOfTheMapsThatTheyWereMadeOf() {
    SortedMap<Long, OffPolicyTokens> given = new TreeMap<>();
    given.put(1L, OffPolicyTokens.NONE);
    ImportanceRatios ratios = new ImportanceRatios(1, 1, 0, given);

    given.clear();

    assertThat(ratios.byStaleness()).hasSize(1);
  }

  private static SortedMap<Long, OffPolicyTokens> part(
      double[][] logProbs,
      double[][] behavior,
      double[][] weights,
      long[][] staleness,
      int from,
      int to) {
    return OffPolicyTokens.byStaleness(
        Arrays.copyOfRange(logProbs, from, to),
        Arrays.copyOfRange(behavior, from, to),
        Arrays.copyOfRange(weights, from, to),
        Arrays.copyOfRange(staleness, from, to));
  }

  private static void assertClose(OffPolicyTokens actual, OffPolicyTokens expected) {
    assertThat(actual.tokens()).isEqualTo(expected.tokens());
    assertThat(actual.mismatchKl()).isCloseTo(expected.mismatchKl(), within(1e-12));
    assertThat(actual.maskedShare()).isCloseTo(expected.maskedShare(), within(1e-12));
    assertThat(actual.effectiveSampleSize())
        .isCloseTo(expected.effectiveSampleSize(), within(1e-12));
  }
}
