package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CurveTest {

  private static final double GAP = Double.NaN;
  private static final SeriesStyle STYLE = new SeriesStyle(0);

  @Test
  void isTheMeanAndItsErrorOverTheSeedsThatReachedAStep() {
    Curve curve =
        LearningCharts.curve(
            "m",
            STYLE,
            row(run(1, step(1, 2), step(2, 4)), run(2, step(1, 4), step(3, GAP))),
            List.of(1L, 2L, 3L, 4L),
            1,
            StepPoint::kl);

    assertThat(curve.mean()).containsExactly(3.0, 4.0, GAP, GAP);
    assertThat(curve.error()).containsExactly(1.0, GAP, GAP, GAP);
  }

  @Test
  void takesTheErrorOfWhatIsDrawnThatIsOfSmoothedSeeds() {
    Curve curve =
        LearningCharts.curve(
            "m",
            STYLE,
            row(
                run(1, step(1, 0), step(2, 6), step(3, 0)),
                run(2, step(1, 6), step(2, 0), step(3, 6))),
            List.of(1L, 2L, 3L),
            3,
            StepPoint::kl);

    assertThat(curve.mean()).containsExactly(3.0, 3.0, 3.0);
    assertThat(curve.error()).containsExactly(0.0, 1.0, 0.0);
  }

  @Test
  void smoothsWithWhatIsAroundAndKeepsGaps() {
    double[] values = {1, 3, GAP, 8};

    assertThat(MovingAverage.of(values, 1)).containsExactly(1, 3, GAP, 8);
    assertThat(MovingAverage.of(values, 3)).containsExactly(2, 2, GAP, 8);
    assertThat(MovingAverage.of(values, 5)).containsExactly(2, 4, GAP, 5.5);
  }

  @Test
  void marksItsPointsAtEvenDistancesAndAtLeastOne() {
    Curve long12 = curve(Collections.nCopies(12, 1.0));

    assertThat(long12.marked(3, 0).marked()).containsExactly(0, 4, 8);
    assertThat(long12.marked(3, 0.5).marked()).containsExactly(2, 6, 10);
    assertThat(curve(List.of(GAP, GAP, 1.0, GAP)).marked(2, 0.5).marked()).containsExactly(2);
  }

  @Test
  void knowsWhetherThereIsAPoint() {
    assertThat(curve(List.of(GAP)).hasPoints()).isFalse();
    assertThat(curve(List.of(GAP)).last()).isNaN();
    assertThat(curve(List.of(GAP, 0.0, GAP)).hasPoints()).isTrue();
    assertThat(curve(List.of(1.0, 2.0, GAP)).last()).isEqualTo(2);
    assertThatThrownBy(() -> new Curve("c", STYLE, List.of(1.0), List.of()))
        .hasMessage("curve 'c' has 1 means and 0 errors");
  }

  private static Curve curve(List<Double> mean) {
    return new Curve("c", STYLE, mean, Collections.nCopies(mean.size(), GAP));
  }

  private static MethodRow row(RunResult... runs) {
    return new MethodRow("m", Map.of(), List.of(runs));
  }

  private static StepPoint step(long number, double kl) {
    return new StepPoint(number, Map.of(), Map.of(), 0, kl, 0);
  }

  private static RunResult run(long seed, StepPoint... steps) {
    return new RunResult("m", "m", Map.of(), seed, List.of(steps), Map.of(), List.of(), 1);
  }
}
