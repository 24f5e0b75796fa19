package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CurveTest {

  private static final double GAP = Double.NaN;

  @Test
  void smoothsWithWhatIsAroundAndKeepsGaps() {
    Curve curve = new Curve("c", 0, List.of(1.0, 2.0, 3.0, 4.0), List.of(1.0, 3.0, GAP, 8.0));

    assertThat(curve.smoothed(1).y()).containsExactly(1.0, 3.0, GAP, 8.0);
    assertThat(curve.smoothed(3).y()).containsExactly(2.0, 2.0, GAP, 8.0);
    assertThat(curve.smoothed(5).y()).containsExactly(2.0, 4.0, GAP, 5.5);
  }

  @Test
  void knowsWhetherThereIsAPoint() {
    assertThat(new Curve("c", 0, List.of(1.0), List.of(GAP)).hasPoints()).isFalse();
    assertThat(new Curve("c", 0, List.of(1.0, 2.0), List.of(GAP, 0.0)).firstPoint()).isEqualTo(1);
    assertThatThrownBy(() -> new Curve("c", 0, List.of(1.0), List.of()))
        .hasMessage("curve 'c' has 1 x and 0 y");
  }

  @Test
  void isTheMeanOverTheSeedsThatReachedAStep() {
    MethodRow row =
        new MethodRow(
            "m",
            Map.of(),
            List.of(run(1, step(1, 2), step(2, 4)), run(2, step(1, 4), step(3, GAP))));

    Curve curve = LearningCharts.meanOverSeeds("m", 0, row, StepPoint::kl);

    assertThat(curve.x()).containsExactly(1.0, 2.0, 3.0);
    assertThat(curve.y()).containsExactly(3.0, 4.0, GAP);
  }

  private static StepPoint step(long number, double kl) {
    return new StepPoint(number, Map.of(), Map.of(), 0, kl, 0);
  }

  private static RunResult run(long seed, StepPoint... steps) {
    return new RunResult("m", "m", Map.of(), seed, List.of(steps), Map.of(), List.of(), 1);
  }
}
