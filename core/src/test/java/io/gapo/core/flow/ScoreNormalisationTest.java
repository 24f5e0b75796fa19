package io.gapo.core.flow;

import static io.gapo.core.rollout.RolloutExamples.rollout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;

import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.ScoreNormaliser;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.ObjectiveStatistics;
import io.gapo.core.step.StepExamples;
import io.gapo.core.step.StepStatistics;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScoreNormalisationTest {

  private static final double TOLERANCE = 1e-9;

  private final ScoreNormalisation running = of(new ScoreNormaliser.Running(2));

  @Test
  void shiftsAndScalesByWhatIsFixed() {
    assertThat(normalised(of(new ScoreNormaliser.Fixed(2, 0.5)), 0, 2, 6, -2))
        .containsExactly(0, 2, -2);
  }

  @Test
  void leavesScoresAsTheyAre() {
    assertThat(normalised(of(ScoreNormaliser.none()), 3, 2, 6)).containsExactly(2, 6);
    assertThat(of(ScoreNormaliser.none()).apply(PolicyVersion.INITIAL, batch(7)).get(0).scores())
        .containsExactly(7);
  }

  @Test
  void takesTheFirstBatchByItsOwnMeanAndDeviation() {
    assertThat(normalised(running, 0, 1, 3, 5))
        .containsExactly(new double[] {-Math.sqrt(1.5), 0, Math.sqrt(1.5)}, offset(TOLERANCE));
  }

  @Test
  void takesLaterBatchesByWhatWasTrainedOnBefore() {
    running.read(lineage(1, 10, 4, 20));

    // Mean 4, deviation 2.
    assertThat(normalised(running, 1, 4, 8))
        .containsExactly(new double[] {0, 2}, offset(TOLERANCE));
  }

  @Test
  void letsAStepCountLessThanTheNextAndByItsRollouts() {
    running.read(lineage(1, 20, 0, 1));
    running.read(lineage(2, 10, 3, 10));

    // Half of 20 rollouts with mean 0 and mean square 1, and 10 with 3 and 10.
    double deviation = Math.sqrt(5.5 - 1.5 * 1.5);
    assertThat(normalised(running, 2, 1.5, 1.5 + deviation))
        .containsExactly(new double[] {0, 1}, offset(TOLERANCE));
  }

  @Test
  void takesOffOnlyTheMeanWhereScoresDoNotDiffer() {
    running.read(lineage(1, 10, 1e6, 1e12 * (1 + 1e-15)));

    assertThat(normalised(running, 1, 1e6, 1e6 + 3))
        .containsExactly(new double[] {0, 3}, offset(TOLERANCE));
  }

  @Test
  void knowsAfterARestartWhatItKnewBefore() {
    ScoreNormalisation again = of(new ScoreNormaliser.Running(2));
    for (int version = 1; version <= 5; version++) {
      running.read(lineage(version, 8, version, version * version + 2));
      again.read(lineage(version, 8, version, version * version + 2));
    }

    assertThat(normalised(again, 5, 1, 2)).isEqualTo(normalised(running, 5, 1, 2));
  }

  @Test
  void forgetsVersionsThatAreMadeAgain() {
    running.read(lineage(1, 10, 4, 20));
    double[] before = normalised(running, 1, 1, 2);
    running.read(lineage(2, 10, 100, 20_000));
    running.read(lineage(3, 10, 100, 20_000));

    running.read(lineage(2, 10, 4, 20));

    assertThat(normalised(running, 2, 1, 2)).containsExactly(before, offset(TOLERANCE));
  }

  @Test
  void learnsNothingOfVersionsThatDoNotSay() {
    running.read(lineage(1, 10, 4, 20));
    double[] before = normalised(running, 1, 1, 2);

    running.read(lineage(2, 10, 9, Double.NaN));
    running.read(StepExamples.lineage(3, 1, "p#0"));

    assertThat(normalised(running, 2, 1, 2)).isEqualTo(before);
  }

  @Test
  void wantsANormaliserForEachObjective() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ScoreNormalisation(List.of("a", "b"), List.of(ScoreNormaliser.none())))
        .withMessageContaining("a normaliser for each");
  }

  private static ScoreNormalisation of(ScoreNormaliser normaliser) {
    return new ScoreNormalisation(List.of("tone"), List.of(normaliser));
  }

  private static double[] normalised(
      ScoreNormalisation normalisation, long version, double... scores) {
    return normalisation.apply(new PolicyVersion(version), batch(scores)).stream()
        .mapToDouble(scored -> scored.normalised()[0])
        .toArray();
  }

  private static List<ScoredRollout> batch(double... scores) {
    return IntStream.range(0, scores.length)
        .mapToObj(i -> new ScoredRollout(rollout("p", i, 0), new double[] {scores[i]}))
        .toList();
  }

  private static VersionLineage lineage(
      long version, int rollouts, double mean, double meanSquare) {
    VersionLineage plain = StepExamples.lineage(version, 1, "p#0");
    StepStatistics statistics =
        new StepStatistics(
            List.of(new ObjectiveStatistics("tone", mean, 1, 0, 0, meanSquare, 0)),
            rollouts,
            1,
            plain.statistics().policy(),
            plain.statistics().ratios(),
            plain.statistics().staleness(),
            Map.of());
    return new VersionLineage(
        plain.version(),
        plain.epoch(),
        plain.direction(),
        statistics,
        plain.update(),
        plain.rollouts(),
        plain.appliedAt(),
        null);
  }
}
