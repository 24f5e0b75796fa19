package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResultTableTest {

  @Test
  void estimatesEveryFigureOverSeeds() {
    ResultTable table =
        ResultTable.of(
            Examples.of(
                Examples.run("MGDA", Map.of(), 1, 1, 4), Examples.run("MGDA", Map.of(), 2, 3, 4)));

    assertThat(table.columns())
        .extracting(Column::name)
        .containsExactly("helpful score", "harmless score", "average");
    SeedEstimate helpful = estimate(table, 0, 0);
    assertThat(helpful.mean()).isEqualTo(2);
    assertThat(helpful.standardError().orElseThrow()).isCloseTo(1, within(1e-12));
    SeedEstimate average = estimate(table, 0, 2);
    assertThat(average.mean()).isEqualTo(3);
    assertThat(average.standardError().orElseThrow()).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void marksTheBestOfEveryColumn() {
    ResultTable table =
        ResultTable.of(
            Examples.of(
                Examples.run("PPO-H", Map.of(), 1, 9, -11),
                Examples.run("PPO-S", Map.of(), 1, -7, 13),
                Examples.run("GAPO", Map.of(), 1, 7, 8)));

    assertThat(best(table)).containsExactly("PPO-H", "PPO-S", "GAPO");
  }

  @Test
  void callsTheLeastDivergenceBestAmongPoliciesThatMovedAndNoLengthBest() {
    ResultTable table = ResultTable.of(Examples.everything());

    int kl = names(table).indexOf(MeasureNames.KL);
    int tokens = names(table).indexOf(MeasureNames.MEAN_TOKENS);

    assertThat(table.rows().get(0).method().label()).isEqualTo("SFT");
    assertThat(estimate(table, 0, kl).mean()).isZero();
    assertThat(table.rows().get(0).cells().get(kl).best()).isFalse();
    assertThat(table.rows()).anyMatch(row -> row.cells().get(kl).best());
    assertThat(table.rows()).noneMatch(row -> row.cells().get(tokens).best());
  }

  @Test
  void leavesOutWhatIsNoNumberAndKeepsMeasuresItDoesNotKnow() {
    RunResult broken =
        new RunResult(
            "m",
            "broken",
            Map.of(),
            1,
            List.of(),
            Map.of("helpful score", new Measure(Double.NaN, 0), "novelty", new Measure(2, 0)),
            List.of(),
            1);

    ResultTable table =
        ResultTable.of(Examples.of(broken, Examples.run("MGDA", Map.of(), 1, 1, 2)));

    assertThat(names(table))
        .containsExactly("helpful score", "harmless score", "average", "novelty");
    assertThat(table.rows().get(0).cells().get(0).estimate()).isEmpty();
    assertThat(table.rows().get(0).cells().get(2).estimate()).isEmpty();
    assertThat(estimate(table, 0, 3).mean()).isEqualTo(2);
  }

  @Test
  void hasOneRowForEveryPreference() {
    ResultTable table =
        ResultTable.of(
            Examples.of(
                Examples.run("P-GAPO", Examples.preference(0.2), 1, 1, 2),
                Examples.run("MORLHF", Examples.preference(0.2), 1, 1, 2),
                Examples.run("P-GAPO", Examples.preference(0.8), 1, 1, 2),
                Examples.run("P-GAPO", Examples.preference(0.2), 2, 1, 2)));

    assertThat(table.rows())
        .extracting(row -> row.method().name() + ": " + row.method().seedsText())
        .containsExactly("P-GAPO λ 0.2: 1, 2", "P-GAPO λ 0.8: 1", "MORLHF λ 0.2: 1");
  }

  private static List<String> names(ResultTable table) {
    return table.columns().stream().map(Column::name).toList();
  }

  private static SeedEstimate estimate(ResultTable table, int row, int column) {
    return table.rows().get(row).cells().get(column).estimate().orElseThrow();
  }

  private static List<String> best(ResultTable table) {
    return IntStream.range(0, table.columns().size())
        .mapToObj(
            i ->
                table.rows().stream()
                    .filter(row -> row.cells().get(i).best())
                    .map(row -> row.method().label())
                    .findFirst()
                    .orElse("none"))
        .toList();
  }
}
