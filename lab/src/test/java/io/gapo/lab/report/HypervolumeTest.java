package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HypervolumeTest {

  private static final Point ORIGIN = new Point(0, 0);

  @Test
  void isTheAreaOfTheUnionOfRectangles() {
    List<Point> staircase = List.of(new Point(1, 3), new Point(2, 2), new Point(3, 1));

    assertThat(Hypervolume.of(staircase, ORIGIN)).isEqualTo(6);
    assertThat(Hypervolume.of(staircase, new Point(-1, -1))).isEqualTo(13);
    assertThat(Hypervolume.of(List.of(new Point(2, 5)), new Point(1, 1))).isEqualTo(4);
  }

  @Test
  void isNothingForPointsThatAreNotAboveTheReferenceOnBothObjectives() {
    List<Point> outside =
        List.of(new Point(-1, 5), new Point(5, -1), new Point(0, 5), new Point(5, 0), ORIGIN);

    assertThat(Hypervolume.of(outside, ORIGIN)).isZero();
    assertThat(Hypervolume.of(List.of(), ORIGIN)).isZero();
  }

  @Test
  void countsTheBetterOfTwoPointsWithOneEqualScore() {
    assertThat(Hypervolume.of(List.of(new Point(2, 1), new Point(2, 3)), ORIGIN)).isEqualTo(6);
    assertThat(Hypervolume.of(List.of(new Point(1, 3), new Point(2, 3)), ORIGIN)).isEqualTo(6);
  }

  @Cases
  void countsTheCellsOfAGridThatAnyPointDominates(Draw draw) {
    long seed = draw.anyLong();
    int size = draw.between(0, 12);
    List<Point> points = onAGrid(seed, size);

    int cells = 0;
    for (int x = 0; x < 10; x++) {
      for (int y = 0; y < 10; y++) {
        Point corner = new Point(x + 1, y + 1);
        if (points.stream().anyMatch(p -> p.equals(corner) || p.dominates(corner))) {
          cells++;
        }
      }
    }

    assertThat(Hypervolume.of(points, ORIGIN)).isEqualTo(cells);
  }

  @Cases
  void neitherOrderNorDominatedPointsNorShiftsMatter(Draw draw) {
    long seed = draw.anyLong();
    int size = draw.between(0, 12);
    double shift = draw.between(-100.0, 100.0);
    List<Point> points = onAGrid(seed, size);
    List<Point> shuffled = new ArrayList<>(points);
    Collections.shuffle(shuffled, new Random(seed));
    List<Point> shifted =
        points.stream().map(p -> new Point(p.first() + shift, p.second() - shift)).toList();

    double area = Hypervolume.of(points, ORIGIN);

    assertThat(Hypervolume.of(shuffled, ORIGIN)).isEqualTo(area);
    assertThat(Hypervolume.of(ParetoFront.of(points), ORIGIN)).isEqualTo(area);
    assertThat(Hypervolume.of(shifted, new Point(shift, -shift))).isCloseTo(area, within(1e-9));
  }

  @Cases
  void aPointMoreNeverTakesAreaAway(Draw draw) {
    long seed = draw.anyLong();
    int n = draw.between(1, 12);
    List<Point> points = onAGrid(seed, n);

    assertThat(Hypervolume.of(points, ORIGIN))
        .isGreaterThanOrEqualTo(Hypervolume.of(points.subList(1, n), ORIGIN));
  }

  private static List<Point> onAGrid(long seed, int size) {
    Random random = new Random(seed);
    return Stream.generate(() -> new Point(random.nextInt(13) - 2, random.nextInt(13) - 2))
        .limit(size)
        .toList();
  }
}
