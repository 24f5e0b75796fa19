package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelPlacesTest {

  private final LabelPlaces places =
      new LabelPlaces(new Axis("x", -10, 10), new Axis("y", -2.5, 2.5), 0.5, 0.1, 0.1);

  @Test
  void goesWhereNoLineIs() {
    places.avoid(List.of(new Point(0, 0), new Point(5, 0), new Point(5, 2)));

    Point place = places.place(new Point(5, 0), 0);

    assertThat(place.first()).isGreaterThan(5);
    assertThat(place.second()).isNegative();
    assertThat(Math.hypot((place.first() - 5) / 10, place.second() / 5))
        .isCloseTo(0.1, within(1e-12));
  }

  @Test
  void putsTheLabelsOfEqualPointsApart() {
    Point point = new Point(1, 1);

    Point first = places.place(point, 0);
    Point second = places.place(point, 0);

    assertThat(
            Math.hypot(
                (first.first() - second.first()) / 10, (first.second() - second.second()) / 5))
        .isCloseTo(0.2, within(1e-12));
  }

  @Test
  void keepsLongLabelsOffTheirPointAndOneAnother() {
    Point point = new Point(1, 1);
    double length = 4;

    Point first = places.place(point, length);
    Point second = places.place(point, length);
    Point third = places.place(new Point(2, 1), length);

    assertThat(apart(first, point, length / 2)).isTrue();
    assertThat(apart(first, second, length)).isTrue();
    assertThat(apart(first, third, length)).isTrue();
    assertThat(apart(second, third, length)).isTrue();
  }

  @Test
  void keepsLabelsInsideTheChart() {
    double length = 4;

    Point place = places.place(new Point(10, 2.4), length);

    assertThat(place.first()).isLessThanOrEqualTo(10 - length / 2);
    assertThat(place.second()).isLessThanOrEqualTo(2.5);
  }

  @Test
  void goesFartherFromItsPointWhereItIsCrowded() {
    Point point = new Point(0, 0);
    double length = 4;
    List<Point> labels = new ArrayList<>();

    for (int i = 0; i < 8; i++) {
      labels.add(places.place(point, length));
    }

    for (int i = 0; i < labels.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertThat(apart(labels.get(i), labels.get(j), length)).as("%s and %s", i, j).isTrue();
      }
    }
  }

  private static boolean apart(Point one, Point other, double length) {
    return Math.abs(one.first() - other.first()) > length
        || Math.abs(one.second() - other.second()) > 0.1;
  }
}
