package io.gapo.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.lab.world.Split;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonPlanTest {

  private static final List<String> THREE = List.of("helpful", "harmless", "concise");

  @Test
  void thePapersTableHasOnePpoForEveryObjective() {
    assertThat(ComparisonPlan.paper(THREE))
        .extracting(Contestant::label)
        .containsExactly(
            "PPO helpful",
            "PPO harmless",
            "PPO concise",
            "Safe RLHF",
            "Fast RL",
            "MGDA",
            "GAPO p = 1",
            "GAPO p = 2");
  }

  @Test
  void theFirstObjectiveGetsTheAskedShareAndTheOthersTheRestEvenly() {
    assertThat(plan(List.of(), List.of(0.2)).preferences(THREE))
        .containsExactly(Map.of("helpful", 0.2, "harmless", 0.4, "concise", 0.4));
  }

  @Test
  void aFrontierNeedsThePoliciesThatSoupsAreMadeOf() {
    List<Contestant> mgda = List.of(Contestant.parse("mgda", THREE));

    assertThat(plan(mgda, List.of()).trained(THREE)).isEqualTo(mgda);
    assertThat(plan(mgda, List.of(0.4, 0.6)).trained(THREE))
        .extracting(Contestant::method)
        .containsExactly(
            "mgda",
            "ppo-helpful",
            "ppo-harmless",
            "ppo-concise",
            "p-gapo",
            "p-gapo",
            "morlhf",
            "morlhf");
  }

  @Test
  void drawsOnlyTheFrontiersThatAreAskedFor() {
    List<String> two = List.of("p-gapo", "conditioned-p-gapo");

    assertThat(plan(List.of(), List.of(0.4, 0.6), two).trained(THREE))
        .extracting(Contestant::method)
        .containsExactly("p-gapo", "p-gapo");
    assertThat(plan(List.of(), List.of(), two).draws("conditioned-p-gapo")).isFalse();
    assertThatThrownBy(() -> plan(List.of(), List.of(0.4), List.of("mgda")))
        .hasMessageContaining("there is no frontier of 'mgda'");
  }

  @Test
  void aFrontierIsThatOfAMethodWithPreferencesOrOfSoups() {
    assertThat(ComparisonPlan.FRONTIER_METHODS)
        .containsExactly(
            "p-gapo",
            "morlhf",
            "raco",
            "smooth-tchebycheff",
            "gdpo",
            "gd2po",
            "soup",
            "conditioned-p-gapo",
            "conditioned-morlhf");
    assertThat(ComparisonPlan.PAPER_FRONTIERS)
        .containsExactly("p-gapo", "morlhf", "soup", "conditioned-p-gapo", "conditioned-morlhf")
        .isSubsetOf(ComparisonPlan.FRONTIER_METHODS);
  }

  @Test
  void trainsNothingTwice() {
    List<Contestant> single = List.of(Contestant.parse("ppo-helpful", THREE));

    assertThat(plan(single, List.of(0.5)).trained(THREE)).doesNotHaveDuplicates().hasSize(5);
  }

  private static ComparisonPlan plan(List<Contestant> contestants, List<Double> shares) {
    return plan(contestants, shares, ComparisonPlan.PAPER_FRONTIERS);
  }

  private static ComparisonPlan plan(
      List<Contestant> contestants, List<Double> shares, List<String> frontiers) {
    return new ComparisonPlan(
        contestants, shares, frontiers, List.of(1L), 3, 9, Split.VALIDATION, 10);
  }
}
