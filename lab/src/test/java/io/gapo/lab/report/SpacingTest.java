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

class SpacingTest {

  @Test
  void isZeroForEvenPoints() {
    List<Point> even = List.of(new Point(0, 3), new Point(1, 2), new Point(2, 1), new Point(3, 0));

    assertThat(Spacing.of(even)).hasValue(0);
    assertThat(Spacing.of(even.subList(0, 2))).hasValue(0);
  }

  @Test
  void isTheDeviationOfTheDistancesToTheNearest() {
    List<Point> front = List.of(new Point(0, 4), new Point(1, 3), new Point(4, 0));

    // Distances to the nearest: 2, 2 and 6; their mean is 10/3.
    double expected = Math.sqrt((2 * Math.pow(4.0 / 3, 2) + Math.pow(8.0 / 3, 2)) / 2);
    assertThat(Spacing.of(front).orElseThrow()).isCloseTo(expected, within(1e-12));
  }

  @Test
  void isUnknownForFewerThanTwoPoints() {
    assertThat(Spacing.of(List.of())).isEmpty();
    assertThat(Spacing.of(List.of(new Point(1, 1)))).isEmpty();
  }

  @Cases
  void growsWithTheScaleAndIgnoresOrderAndShifts(Draw draw) {
    long seed = draw.anyLong();
    int size = draw.between(2, 10);
    double scale = draw.between(0.1, 10.0);
    double shift = draw.between(-10.0, 10.0);
    Random random = new Random(seed);
    List<Point> points =
        Stream.generate(() -> new Point(random.nextGaussian(), random.nextGaussian()))
            .limit(size)
            .toList();
    List<Point> moved =
        new ArrayList<>(
            points.stream()
                .map(p -> new Point(scale * p.first() + shift, scale * p.second() - shift))
                .toList());
    Collections.shuffle(moved, random);

    double spacing = Spacing.of(points).orElseThrow();

    assertThat(spacing).isNotNegative();
    assertThat(Spacing.of(moved).orElseThrow()).isCloseTo(scale * spacing, within(1e-9));
  }
}
