package io.gapo.lab.report;

import static io.gapo.lab.report.Examples.preference;
import static io.gapo.lab.report.Examples.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CsvTest {

  @Test
  void writesTheTableInFullPrecision() {
    ComparisonResults results =
        Examples.of(
            run("MGDA, \"plain\"", Map.of(), 1, 0.5, 2),
            run("MGDA, \"plain\"", Map.of(), 2, 0.5, 4),
            run("P-GAPO", preference(0.25), 1, -1, 1));

    assertThat(Csv.table(ResultTable.of(results), results.objectives()).split("\r\n"))
        .containsExactly(
            "method,seeds,lambda helpful,lambda harmless,helpful score,"
                + "helpful score standard error,harmless score,harmless score standard error,"
                + "average,average standard error",
            "\"MGDA, \"\"plain\"\"\",\"1, 2\",,,0.5,0.0,3.0,1.0,1.75,0.5",
            "P-GAPO,1,0.25,0.75,-1.0,,1.0,,0.0,");
  }

  @Test
  void writesEveryPointWithTheFiguresOfItsFrontier() {
    ComparisonResults results =
        Examples.of(
            run("P-GAPO", preference(0.25), 1, 0, 10), run("P-GAPO", preference(0.75), 1, 10, 0));

    assertThat(Csv.frontier(Frontiers.of(results), results.objectives()).split("\r\n"))
        .containsExactly(
            "method,seeds,lambda helpful,lambda harmless,helpful score,"
                + "helpful score standard error,harmless score,harmless score standard error,"
                + "on joint front,hypervolume,hypervolume standard error,spacing,"
                + "spacing standard error,adherence helpful,adherence helpful standard error,"
                + "adherence harmless,adherence harmless standard error,rollouts,seconds",
            "P-GAPO,1,0.25,0.75,0.0,,10.0,,true,21.0,,0.0,,1.0,,1.0,,0.0,2.0",
            "P-GAPO,1,0.75,0.25,10.0,,0.0,,true,21.0,,0.0,,1.0,,1.0,,0.0,2.0");
  }

  @Test
  void writesTheHeaderEvenWithoutAFrontier() {
    assertThat(Csv.frontier(Optional.empty(), List.of("helpful", "harmless")))
        .startsWith("method,")
        .containsOnlyOnce("\r\n");
  }
}
