package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ParetoFrontTest {

  @Test
  void keepsWhatNothingDominatesInItsOrder() {
    Point balanced = new Point(2, 2);
    Point extreme = new Point(0, 3);

    assertThat(
            ParetoFront.of(
                List.of(balanced, new Point(1, 1), new Point(2, 1), extreme, new Point(0, 2))))
        .containsExactly(balanced, extreme);
  }

  @Test
  void countsEqualPointsOnce() {
    assertThat(ParetoFront.of(List.of(new Point(1, 1), new Point(1, 1)))).hasSize(1);
    assertThat(ParetoFront.of(List.of())).isEmpty();
  }

  @Test
  void refusesAPointWithoutAScore() {
    assertThatThrownBy(() -> new Point(1, Double.NaN))
        .hasMessage("a point needs finite scores, was (1.0, NaN)");
  }

  @Cases
  void everyPointIsOnTheFrontOrBelowAPointOfIt(Draw draw) {
    long seed = draw.anyLong();
    int size = draw.between(0, 20);
    Random random = new Random(seed);
    List<Point> points =
        Stream.generate(() -> new Point(random.nextInt(8), random.nextInt(8))).limit(size).toList();

    List<Point> front = ParetoFront.of(points);

    assertThat(points)
        .allMatch(
            point ->
                front.contains(point) || front.stream().anyMatch(other -> other.dominates(point)));
    assertThat(front).noneMatch(p -> front.stream().anyMatch(other -> other.dominates(p)));
    assertThat(ParetoFront.of(front)).isEqualTo(front);
  }
}
