package io.gapo.core.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.combine.CountSketch;
import io.gapo.core.combine.GradientAdaptive;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.LinearGradients;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.flow.ContributionAssembly.Verdict;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.KlWatch;
import io.gapo.core.step.BatchShare;
import io.gapo.core.step.DirectionChoice;
import io.gapo.core.step.ImportanceRatios;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.ObjectiveStatistics;
import io.gapo.core.step.PolicyStatistics;
import io.gapo.core.step.Staleness;
import io.gapo.core.step.StepExamples;
import io.gapo.core.step.StepId;
import io.gapo.core.step.StepStatistics;
import io.gapo.core.step.UpdateDirection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ContributionAssemblyTest {

  private final ContributionAssembly assembly = new ContributionAssembly(2);

  @Test
  void isCompleteWithOneContributionFromEachCollector() {
    ObjectiveGradients a = contribution(0, 0, "a", 1, 0);
    ObjectiveGradients b = contribution(0, 3, "b", 0, 1);

    assertThat(assembly.add(b)).isEqualTo(new Verdict.Held(1));
    assertThat(assembly.add(a)).isEqualTo(new Verdict.Complete(List.of(a, b)));
  }

  @Test
  void aRepeatLeavesItAsItIs() {
    ObjectiveGradients a = contribution(0, 0, "a", 1, 0);
    ObjectiveGradients b = contribution(0, 0, "b", 0, 1);
    assembly.add(a);

    assertThat(assembly.add(a)).isEqualTo(new Verdict.Held(1));
    assembly.add(b);

    assertThat(assembly.add(a)).isEqualTo(new Verdict.Complete(List.of(a, b)));
  }

  @Test
  void aRestartedCollectorsNewBatchReplacesTheOneBefore() {
    ObjectiveGradients b = contribution(0, 0, "b", 0, 1);
    ObjectiveGradients again = contribution(0, 0, "a", 2, 0);
    assembly.add(contribution(0, 0, "a", 1, 0));
    assembly.add(b);

    assertThat(assembly.add(again)).isEqualTo(new Verdict.Complete(List.of(again, b)));
  }

  @Test
  void anotherVersionsContributionsDoNotMix() {
    ObjectiveGradients late = contribution(0, 0, "b", 0, 1);
    ObjectiveGradients a = contribution(1, 0, "a", 1, 0);
    ObjectiveGradients b = contribution(1, 0, "b", 0, 1);

    assertThat(assembly.add(a)).isEqualTo(new Verdict.Held(1));
    assertThat(assembly.add(late)).isEqualTo(new Verdict.Held(1));
    assertThat(assembly.add(b)).isEqualTo(new Verdict.Complete(List.of(a, b)));
  }

  @Test
  void ignoresWhatCannotBeAddedAndSaysWhy() {
    assembly.add(contribution(0, 0, "a", 1, 0));
    LinearGradients sketch = new LinearGradients(2, new CountSketch(2, 9), new float[][] {{0, 1}});

    assertThat(assembly.add(contribution(0, "b", sketch)))
        .isInstanceOfSatisfying(
            Verdict.Ignored.class,
            ignored ->
                assertThat(ignored.reason())
                    .contains("1 sketches of 2 buckets, seed 9", "gapo.training.gradient-sum"));
    assertThat(assembly.add(contribution(0, "b", null)))
        .isInstanceOfSatisfying(
            Verdict.Ignored.class,
            ignored -> assertThat(ignored.reason()).contains("gapo.training.collectors"));
  }

  @Test
  void whoeverAbstainsIsNotWaitedForUntilItContributes() {
    ObjectiveGradients a = contribution(0, 0, "a", 1, 0);
    ObjectiveGradients b = contribution(0, 1, "b", 0, 1);
    assembly.add(a);

    assertThat(assembly.add(abstention("b"))).isEqualTo(new Verdict.Complete(List.of(a)));
    assertThat(assembly.add(b)).isEqualTo(new Verdict.Complete(List.of(a, b)));
  }

  @Test
  void waitsForRolloutsWhenAllAbstain() {
    assembly.add(abstention("a"));

    assertThat(assembly.add(abstention("b"))).isEqualTo(new Verdict.Held(1));
  }

  @Test
  void ignoresOneCollectorTooMany() {
    assembly.add(contribution(0, 0, "a", 1, 0));
    assembly.add(contribution(0, 0, "b", 0, 1));

    assertThat(assembly.add(contribution(0, 0, "c", 0, 1))).isInstanceOf(Verdict.Ignored.class);
  }

  @Test
  void oneCollectorAloneNeedsNoGradientsToAdd() {
    ObjectiveGradients alone = contribution(0, "a", null);

    assertThat(new ContributionAssembly(1).add(alone))
        .isEqualTo(new Verdict.Complete(List.of(alone)));
  }

  @Test
  void theDecisionIsByTheUnionAndAnswersEachMeasurement() {
    DirectionChoice choice = new DirectionChoice(GradientAdaptive.mgda(), new KlWatch(0.5));
    ObjectiveGradients a = contribution(0, 0, "a", 3, 0);
    ObjectiveGradients b = contribution(0, 0, "b", 0, 4);

    List<UpdateDirection> directions = choice.chooseForAll(List.of(a, b));

    // The mean of (3, 0) and (0, 4); each batch has half of the rollouts.
    assertThat(directions.get(0).gram().at(0, 0)).isCloseTo(6.25, within(1e-12));
    assertThat(directions.get(0).answers(a)).isTrue();
    assertThat(directions.get(0).answers(b)).isFalse();
    assertThat(directions.get(1).answers(b)).isTrue();
    assertThat(directions.get(0).isSameDecisionAs(directions.get(1))).isTrue();
    assertThat(directions.get(0).shareOf(a.statistics())).isEqualTo(new BatchShare(0.5, 0.5));
  }

  private static ObjectiveGradients abstention(String collector) {
    return ObjectiveGradients.abstention(
        new StepId(PolicyVersion.INITIAL, 0, collector), List.of("helpful"));
  }

  private static ObjectiveGradients contribution(
      long version, int attempt, String collector, float x, float y) {
    LinearGradients linear = new LinearGradients(2, null, new float[][] {{x, y}});
    return contribution(version, attempt, collector, linear);
  }

  private static ObjectiveGradients contribution(
      long version, String collector, @Nullable LinearGradients linear) {
    return contribution(version, 0, collector, linear);
  }

  private static ObjectiveGradients contribution(
      long version, int attempt, String collector, @Nullable LinearGradients linear) {
    double square =
        linear == null
            ? 1
            : LinearGradients.gramOfUnion(List.of(linear), new double[] {1}).at(0, 0);
    return new ObjectiveGradients(
        new StepId(new PolicyVersion(version), attempt, collector),
        new MeasuredBatch(
            GramMatrix.of(new double[][] {{square}}),
            Optional.empty(),
            new StepStatistics(
                List.of(ObjectiveStatistics.none("helpful")),
                2,
                6,
                PolicyStatistics.NONE,
                ImportanceRatios.NONE,
                Staleness.NONE,
                Map.of()),
            Optional.ofNullable(linear)),
        StepExamples.references(collector + version + attempt + "#0"),
        MethodMemory.NONE);
  }
}
