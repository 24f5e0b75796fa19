package io.gapo.lab.report;

import static io.gapo.lab.report.Examples.preference;
import static io.gapo.lab.report.Examples.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.lab.report.Drawing.Curves;
import io.gapo.lab.report.Drawing.Mark;
import io.gapo.lab.report.Drawing.Plane;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportChartsTest {

  @Test
  void drawsEveryFigureOfEveryGroupOfMethods() {
    ReportCharts charts = ReportCharts.of(Examples.everything());

    assertThat(charts.learning())
        .extracting(ChartGroup::title)
        .containsExactly("Methods", "P-GAPO", "MORLHF", "Rewarded Soups");
    assertThat(charts.learning().get(0).charts())
        .extracting(Chart::name)
        .containsExactly(
            "methods-score-helpful",
            "methods-score-harmless",
            "methods-alpha-helpful",
            "methods-alpha-harmless",
            "methods-cosine",
            "methods-kl");
    assertThat(charts.all().map(Chart::name))
        .doesNotHaveDuplicates()
        .contains("frontier", "methods")
        .allMatch(name -> name.matches("[a-z0-9-]+"));
  }

  @Test
  void givesAMethodTheSameStyleInAllChartsOfMethods() {
    ReportCharts charts = ReportCharts.of(Examples.everything());

    assertThat(charts.methods().orElseThrow().legend())
        .containsAll(charts.frontier().orElseThrow().legend())
        .contains(new Chart.Key("MGDA", new SeriesStyle(5), false));
    assertThat(charts.learning().get(0).charts().get(0).legend())
        .contains(new Chart.Key("MGDA", new SeriesStyle(5), true));
  }

  @Test
  void tellsWhoCannotSeeTheFrontierWhereItsPointsAre() {
    Chart frontier = frontier();

    assertThat(frontier.description())
        .isEqualTo(
            "Higher is better on both axes. "
                + "P-GAPO: λ 0.2 at (−0.50, 3.00), λ 0.8 at (2.25, 1.00).");
    assertThat(frontier.table().rows())
        .extracting(Table.Row::name)
        .containsExactly("P-GAPO λ 0.2", "P-GAPO λ 0.8");
  }

  @Test
  void labelsThePointsOfTheFrontierBesideThem() {
    List<Mark> marks = ((Plane) frontier().drawing()).traces().get(0).marks();

    assertThat(marks).extracting(Mark::label).containsExactly("0.2", "0.8");
    assertThat(marks)
        .allMatch(mark -> Math.hypot(mark.labelX() - mark.x(), mark.labelY() - mark.y()) > 0.01)
        .allMatch(mark -> Double.isNaN(mark.xError()));
  }

  @Test
  void drawsTheErrorOverSeedsAsABand() {
    Chart chart = ReportCharts.of(Examples.everything()).learning().get(0).charts().get(0);
    Curves curves = (Curves) chart.drawing();

    Curve first = curves.curves().get(0);
    assertThat(first.error()).hasSize(60).allMatch(error -> error > 0);
    assertThat(curves.curves())
        .allSatisfy(
            curve -> {
              for (int i = 0; i < 60; i++) {
                assertThat(curve.mean().get(i) - curve.error().get(i))
                    .isGreaterThan(curves.y().min());
                assertThat(curve.mean().get(i) + curve.error().get(i)).isLessThan(curves.y().max());
              }
            });
  }

  @Test
  void hasATableOfWhatItDrawsThatEndsWithTheLastStep() {
    Table table = ReportCharts.of(Examples.everything()).learning().get(0).charts().get(0).table();

    assertThat(table.rows()).hasSize(20);
    assertThat(table.rows().get(19).name()).isEqualTo("60");
    assertThat(table.header()).startsWith("step", "PPO-H", "PPO-S");
    assertThat(table.rows().get(19).cells())
        .allMatch(cell -> cell.figure().matches("−?\\d\\.\\d{3}"))
        .allMatch(cell -> cell.error().matches(" ± \\d\\.\\d{3}"));
  }

  @Test
  void drawsASingleStepAndWhatNeverChanges() {
    StepPoint step =
        new StepPoint(1, Map.of("helpful", 1.0), Map.of("helpful", 0.5), Double.NaN, Double.NaN, 0);
    RunResult run =
        new RunResult("m", "<one> & only", Map.of(), 1, List.of(step), Map.of(), List.of(), 1);

    ReportCharts charts = ReportCharts.of(Examples.of(run));

    assertThat(charts.all().map(Chart::name))
        .containsExactly("methods-score-helpful", "methods-alpha-helpful");
    assertThat(charts.all().map(Chart::drawing).map(Curves.class::cast))
        .allMatch(curves -> curves.curves().get(0).marked().equals(List.of(0)))
        .allMatch(curves -> curves.x().size() == 1 && curves.y().size() == 1);
  }

  @Test
  void drawsNothingOfRunsWithoutStepsAndScores() {
    RunResult empty = new RunResult("m", "m", Map.of(), 1, List.of(), Map.of(), List.of(), 1);

    assertThat(ReportCharts.of(Examples.of(empty)).all()).isEmpty();
  }

  private static Chart frontier() {
    return ReportCharts.of(
            Examples.of(
                run("P-GAPO", preference(0.2), 1, -0.5, 3),
                run("P-GAPO", preference(0.8), 1, 2.25, 1)))
        .frontier()
        .orElseThrow();
  }
}
