package io.gapo.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.lab.report.Measure;
import io.gapo.lab.report.MeasureNames;
import io.gapo.lab.report.RunResult;
import io.gapo.lab.world.Split;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FindingsTest {

  private static final List<String> OBJECTIVES = List.of("helpful", "harmless");
  private static final ComparisonPlan PLAN =
      new ComparisonPlan(
          List.of(), List.of(), List.of(), List.of(1L, 2L), 40, 120, Split.HELD_OUT, 200);

  @Test
  void agreesAndDisagreesByTheMeansOverSeeds() {
    List<String> findings =
        Findings.of(
            PLAN,
            OBJECTIVES,
            List.of(
                run("SFT", 0, 1, 1),
                run("PPO helpful", 1, 5, -2),
                run("PPO helpful", 2, 3, 4),
                run("MGDA", 1, 2, 2),
                run("GAPO p = 1", 1, 3, 2),
                run("GAPO p = 2", 1, 1, 2)));

    assertThat(findings)
        .contains(
            "As in the paper: PPO helpful has the highest helpful score of all (4.00; best 4.00).",
            "Unlike in the paper, it does not hold that PPO helpful loses harmless (from 1.00 to"
                + " 1.00).",
            "As in the paper: GAPO p = 1 is above MGDA on average (2.50 and 2.00).",
            "Unlike in the paper, it does not hold that GAPO p = 2 is above MGDA on average (1.50"
                + " and 2.00).");
  }

  @Test
  void saysNothingOfMethodsThatWereNotRun() {
    assertThat(Findings.of(PLAN, OBJECTIVES, List.of(run("SFT", 0, 1, 1))))
        .noneMatch(finding -> finding.contains("paper"))
        .anyMatch(finding -> finding.contains("40 steps"))
        .anyMatch(finding -> finding.contains("200 held-out prompts"));
  }

  private static RunResult run(String label, long seed, double helpful, double harmless) {
    return new RunResult(
        "method",
        label,
        Map.of(),
        seed,
        List.of(),
        Map.of(
            MeasureNames.score("helpful"),
            new Measure(helpful, 0.1),
            MeasureNames.score("harmless"),
            new Measure(harmless, 0.1)),
        List.of(),
        1);
  }
}
