package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds a place for a label beside each point, as far as can be from points, lines and the labels
 * placed before. Mutable; not thread-safe.
 */
final class LabelPlaces {

  private static final int DIRECTIONS = 16;

  /** Points that stand for a line between two points, or for a label. */
  private static final int SAMPLES = 12;

  private final double width;
  private final double height;
  private final double distance;
  private final List<Point> taken = new ArrayList<>();

  /**
   * For a chart in which a width looks as long as a height.
   *
   * @param distance between a point and its label, as a part of either
   */
  LabelPlaces(double width, double height, double distance) {
    this.width = width;
    this.height = height;
    this.distance = distance;
  }

  /** Keeps labels off a line through these points. */
  void avoid(List<Point> line) {
    taken.addAll(line);
    for (int i = 1; i < line.size(); i++) {
      Point from = line.get(i - 1);
      Point to = line.get(i);
      for (int sample = 1; sample < SAMPLES; sample++) {
        double part = (double) sample / SAMPLES;
        taken.add(
            new Point(
                from.first() + part * (to.first() - from.first()),
                from.second() + part * (to.second() - from.second())));
      }
    }
  }

  /**
   * The middle of a point's label, whose place is taken from now on.
   *
   * @param length of the label, which is written horizontally, in units of its first coordinate
   */
  Point place(Point point, double length) {
    Point best =
        IntStream.range(0, DIRECTIONS)
            .mapToObj(i -> beside(point, length, 2 * Math.PI * i / DIRECTIONS))
            .max(Comparator.comparingDouble(place -> room(place, length, point)))
            .orElseThrow();
    taken.addAll(label(best, length));
    return best;
  }

  private Point beside(Point point, double length, double angle) {
    return new Point(
        point.first() + (distance * width + length / 2) * Math.cos(angle),
        point.second() + distance * height * Math.sin(angle));
  }

  /** Points that stand for a label. */
  private static List<Point> label(Point middle, double length) {
    return IntStream.range(0, SAMPLES)
        .mapToObj(
            i -> new Point(middle.first() + length * (i / (SAMPLES - 1.0) - 0.5), middle.second()))
        .toList();
  }

  private double room(Point place, double length, Point own) {
    return label(place, length).stream().mapToDouble(part -> room(part, own)).min().orElseThrow();
  }

  /** From all but the label's own point, which is about as far in every direction. */
  private double room(Point place, Point own) {
    return taken.stream()
        .filter(other -> !other.equals(own))
        .mapToDouble(
            other ->
                Math.hypot(
                    (place.first() - other.first()) / width,
                    (place.second() - other.second()) / height))
        .min()
        .orElse(Double.POSITIVE_INFINITY);
  }
}
