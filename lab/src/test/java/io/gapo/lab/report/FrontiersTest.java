package io.gapo.lab.report;

import static io.gapo.lab.report.Examples.preference;
import static io.gapo.lab.report.Examples.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FrontiersTest {

  private static final double TOLERANCE = 1e-12;

  @Test
  void measuresAllMethodsAgainstOneReferencePoint() {
    Frontiers frontiers =
        Frontiers.of(
                Examples.of(
                    run("P-GAPO", preference(0.8), 1, 10, 0),
                    run("P-GAPO", preference(0.2), 1, 0, 10),
                    run("MORLHF", preference(0.2), 1, 5, 5),
                    run("PPO-H", Map.of(), 1, 100, -100)))
            .orElseThrow();

    assertThat(frontiers.reference()).isEqualTo(new Point(-1, -1));
    Frontier gapo = frontiers.frontiers().get(0);
    assertThat(gapo.label()).isEqualTo("P-GAPO");
    assertThat(gapo.points())
        .extracting(FrontierPoint::mean)
        .containsExactly(new Point(0, 10), new Point(10, 0));
    assertThat(gapo.hypervolume().orElseThrow().mean()).isCloseTo(11 + 10, within(TOLERANCE));
    assertThat(gapo.spacing().orElseThrow().mean()).isZero();
    Frontier linear = frontiers.frontiers().get(1);
    assertThat(linear.hypervolume().orElseThrow().mean()).isCloseTo(36, within(TOLERANCE));
    assertThat(linear.spacing()).isEmpty();
  }

  @Test
  void asksWhetherScoresFollowThePreferenceOfEachSeed() {
    Frontier frontier =
        only(
            run("P-GAPO", preference(0.2), 1, 1, 3),
            run("P-GAPO", preference(0.5), 1, 2, 4),
            run("P-GAPO", preference(0.8), 1, 3, 1),
            run("P-GAPO", preference(0.2), 2, 3, 3),
            run("P-GAPO", preference(0.5), 2, 2, 2),
            run("P-GAPO", preference(0.8), 2, 1, 1));

    SeedEstimate helpful = adherence(frontier, Examples.HELPFUL);
    assertThat(helpful.mean()).isCloseTo(0, within(TOLERANCE));
    assertThat(helpful.standardError().orElseThrow()).isCloseTo(1, within(TOLERANCE));
    assertThat(adherence(frontier, Examples.HARMLESS).mean())
        .isCloseTo((0.5 + 1) / 2, within(TOLERANCE));
  }

  @Test
  void leavesOutSeedsThatLackAPreference() {
    Frontier frontier =
        only(
            run("P-GAPO", preference(0.2), 1, 0, 10),
            run("P-GAPO", preference(0.8), 1, 10, 0),
            run("P-GAPO", preference(0.2), 2, 0, 9));

    assertThat(frontier.hypervolume().orElseThrow().seeds()).isEqualTo(1);
    assertThat(frontier.points().get(0).second().mean()).isEqualTo(9.5);
    assertThat(frontier.seconds()).isEqualTo(3);
  }

  @Test
  void countsThePointsThatNoMethodDominates() {
    List<Frontier> frontiers =
        Frontiers.of(
                Examples.of(
                    run("P-GAPO", preference(0.2), 1, 2, 4),
                    run("P-GAPO", preference(0.8), 1, 4, 2),
                    run("Rewarded Soups", preference(0.2), 1, 1, 3),
                    run("Rewarded Soups", preference(0.8), 1, 5, 1)))
            .orElseThrow()
            .frontiers();

    assertThat(frontiers).extracting(Frontier::onJointFront).containsExactly(2, 1);
  }

  @Test
  void leavesOutWhatTheTableAloneAskedFor() {
    RunResult even = run("MORLHF", preference(0.5), 1, 3, 3);
    ComparisonResults asked = Examples.of(run("MORLHF", preference(0.2), 1, 1, 4));
    ComparisonResults both =
        new ComparisonResults(
            asked.title(),
            asked.command(),
            asked.commit(),
            asked.startedAt(),
            asked.seconds(),
            asked.objectives(),
            asked.frontierPreferences(),
            asked.settings(),
            List.of(even, asked.runs().get(0)),
            asked.remarks());

    assertThat(Frontiers.of(both)).isEqualTo(Frontiers.of(asked));
  }

  @Test
  void spansThePlaneOfTheFirstTwoOfThreeObjectivesAndAsksForAdherenceToAll() {
    RunResult[] runs = {three(0.2, 0.3, 0.5, 9), three(0.6, 0.3, 0.1, 4)};
    ComparisonResults results =
        new ComparisonResults(
            "three",
            "",
            "",
            "",
            0,
            List.of(Examples.HELPFUL, Examples.HARMLESS, "concise"),
            Stream.of(runs).map(RunResult::preference).toList(),
            "",
            List.of(runs),
            List.of());

    Frontier frontier = Frontiers.of(results).orElseThrow().frontiers().get(0);

    assertThat(frontier.points())
        .extracting(point -> point.row().name())
        .containsExactly("P-GAPO λ 0.2 / 0.3 / 0.5", "P-GAPO λ 0.6 / 0.3 / 0.1");
    assertThat(adherence(frontier, "concise").mean()).isCloseTo(1, within(TOLERANCE));
    assertThat(frontier.adherence()).containsEntry(Examples.HARMLESS, Optional.empty());
  }

  @Test
  void needsTwoObjectivesAndAPreference() {
    assertThat(Frontiers.of(Examples.of(run("MGDA", Map.of(), 1, 1, 1)))).isEmpty();
  }

  /** Its scores are its preference, but for concise. */
  private static RunResult three(double helpful, double harmless, double asked, double concise) {
    Map<String, Double> preference = new LinkedHashMap<>(Examples.preference(helpful));
    preference.put(Examples.HARMLESS, harmless);
    preference.put("concise", asked);
    Map<String, Measure> measures = new LinkedHashMap<>();
    measures.put(MeasureNames.score(Examples.HELPFUL), new Measure(helpful, 0));
    measures.put(MeasureNames.score(Examples.HARMLESS), new Measure(harmless, 0));
    measures.put(MeasureNames.score("concise"), new Measure(concise, 0));
    return new RunResult("p-gapo", "P-GAPO", preference, 1, List.of(), measures, List.of(), 1);
  }

  private static Frontier only(RunResult... runs) {
    return Frontiers.of(Examples.of(runs)).orElseThrow().frontiers().get(0);
  }

  private static SeedEstimate adherence(Frontier frontier, String objective) {
    return frontier.adherence().getOrDefault(objective, Optional.empty()).orElseThrow();
  }
}
