package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WithoutShortGradientsTest {

  private static final double SHORTEST = 1e-6;

  /** The second gradient is none. */
  private static final MeasuredObjectives THREE =
      Steps.of(GramMatrix.of(new double[][] {{4, 0, -1}, {0, 0, 0}, {-1, 0, 1}}));

  private static final MeasuredObjectives OTHER_TWO =
      new MeasuredObjectives(
          List.of("a", "c"),
          GramMatrix.of(new double[][] {{4, -1}, {-1, 1}}),
          THREE.meanScores(),
          THREE.rollouts(),
          MethodMemory.NONE);

  static Stream<GradientCombiner> combiners() {
    return Stream.of(
        GradientAdaptive.mgda(),
        new GradientAdaptive(1),
        new GradientAdaptive(2),
        new PreferenceWeighted(Steps.preference(1, 2, 3)),
        new LinearScalarization(Steps.preference(1, 2, 3)),
        new SingleObjective("a"),
        new LagrangianConstraints(List.of("b"), 0.1, 5, 0, 128),
        new WorstRewardFirst(0.1),
        new ProjectingConflicts(),
        new ConflictAverse(0.4),
        new NashBargaining(),
        new EqualProjections(),
        new AlignedPrincipalComponents(),
        new UnconflictingProjections(),
        new CappedMinNorm(0.6),
        new ClippedConflictAverse(Steps.preference(1, 2, 3), 0.4),
        new SmoothTchebycheff(Steps.preference(1, 2, 3), Steps.byName(1, 2, 3), 0.5),
        new UnweightedSum(),
        new ClippedGradients(new EqualProjections(), 0.5));
  }

  @ParameterizedTest
  @MethodSource("combiners")
  void anObjectiveWithoutAGradientIsLeftOutAndNamed(GradientCombiner combiner) {
    Combination combination = new WithoutShortGradients(combiner, SHORTEST).combine(THREE);

    Combination ofOthers = combiner.combine(OTHER_TWO);
    assertThat(combination.leftOut()).containsExactly("b");
    assertThat(combination.weights())
        .containsExactly(ofOthers.weights()[0], 0, ofOthers.weights()[1]);
    assertThat(combination.alpha()).containsExactly(ofOthers.alpha()[0], 0, ofOthers.alpha()[1]);
    assertThat(THREE.gram().norm(combination.weights())).isPositive();
    assertThat(combination.memory()).isEqualTo(ofOthers.memory());
  }

  @ParameterizedTest
  @MethodSource("combiners")
  void whereEveryObjectiveHasAGradientNothingChanges(GradientCombiner combiner) {
    MeasuredObjectives step = Steps.of(RandomGradients.gram(RandomGradients.draw(3, 3, 8, 1, 0)));

    assertThat(new WithoutShortGradients(combiner, SHORTEST).combine(step))
        .isEqualTo(combiner.combine(step));
  }

  @ParameterizedTest
  @MethodSource("combiners")
  void whereNoObjectiveHasAGradientThereIsNoDirection(GradientCombiner combiner) {
    MeasuredObjectives step = Steps.of(GramMatrix.of(new double[3][3]));

    Combination combination = new WithoutShortGradients(combiner, SHORTEST).combine(step);

    assertThat(combination.leftOut()).containsExactly("a", "b", "c");
    assertThat(combination.weights()).containsExactly(0, 0, 0);
    assertThat(combination.alpha()).containsExactly(0, 0, 0);
  }

  @Test
  void theObjectiveThatImtlGStoppedAtLeavesTheOtherAllTheWeight() {
    MeasuredObjectives step = Steps.of(GramMatrix.of(new double[][] {{0, 0}, {0, 9}}));

    assertThat(new EqualProjections().combine(step).weights()).containsExactly(0, 0);
    assertThat(new WithoutShortGradients(new EqualProjections(), SHORTEST).combine(step).weights())
        .containsExactly(0, 1);
    assertThat(new WithoutShortGradients(new NashBargaining(), SHORTEST).combine(step).weights())
        .containsExactly(new double[] {0, 1 / 3.0}, within(1e-12));
  }

  @Test
  void aGradientUnderTheFloorIsLeftOutAndOneAtTheFloorIsNot() {
    WithoutShortGradients combiner = new WithoutShortGradients(new GradientAdaptive(1), 0.5);

    Combination under =
        combiner.combine(Steps.of(GramMatrix.of(new double[][] {{4, 0}, {0, 0.2499}})));
    Combination at = combiner.combine(Steps.of(GramMatrix.of(new double[][] {{4, 0}, {0, 0.25}})));

    assertThat(under.weights()).containsExactly(0.5, 0);
    assertThat(under.leftOut()).containsExactly("b");
    assertThat(at.weights()).containsExactly(0.25, 1);
    assertThat(at.leftOut()).isEmpty();
  }

  @Test
  void aMultiplierFollowsTheScoresOfAnObjectiveThatIsLeftOut() {
    LagrangianConstraints safe = new LagrangianConstraints(List.of("b"), 0.1, 5, 0, 128);
    WithoutShortGradients combiner = new WithoutShortGradients(safe, SHORTEST);
    GramMatrix half = GramMatrix.of(new double[][] {{1, 0}, {0, 0}});
    GramMatrix none = GramMatrix.of(new double[2][2]);
    MethodMemory moved =
        safe.combine(
                Steps.of(GramMatrix.of(new double[][] {{1, 0}, {0, 1}}), MethodMemory.NONE, 0, -2))
            .memory();

    assertThat(combiner.combine(Steps.of(half, MethodMemory.NONE, 0, -2)).memory())
        .isEqualTo(moved);
    assertThat(combiner.combine(Steps.of(none, MethodMemory.NONE, 0, -2)).memory())
        .isEqualTo(moved);
  }

  @Test
  void theOthersSharesOfAPreferenceStayWhatTheyAre() {
    WithoutShortGradients combiner =
        new WithoutShortGradients(new LinearScalarization(Steps.preference(1, 1, 2)), SHORTEST);

    assertThat(combiner.combine(THREE).weights()).containsExactly(0.25, 0, 0.5);
  }

  @Test
  void asksItsCombinerWhetherItCanUseAMemory() {
    WithoutShortGradients combiner =
        new WithoutShortGradients(new ClippedGradients(new WorstRewardFirst(1), 1), SHORTEST);
    MethodMemory ofAnother = MethodMemory.of("safe-rlhf", Map.of("a", List.of(0.0)));

    assertThatThrownBy(() -> combiner.requireUsable(ofAnother)).hasMessageContaining("safe-rlhf");
  }

  @Test
  void rejectsALengthThatIsNone() {
    assertThatThrownBy(() -> new WithoutShortGradients(GradientAdaptive.mgda(), 0))
        .hasMessageContaining("shortest norm");
  }
}
