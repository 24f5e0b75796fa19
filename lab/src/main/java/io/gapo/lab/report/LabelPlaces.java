package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Places a label beside each point of a chart: inside the axes, clear of points, lines and the
 * labels placed before, and no farther from its point than that takes. Mutable; not thread-safe.
 */
final class LabelPlaces {

  private static final int DIRECTIONS = 16;

  /** Distances that are tried, in multiples of the smallest. */
  private static final int RINGS = 3;

  /** Points that stand for a line between two points, or for a label. */
  private static final int SAMPLES = 12;

  private final Axis x;
  private final Axis y;
  private final double width;
  private final double height;
  private final double clear;
  private final double distance;
  private final List<Point> taken = new ArrayList<>();

  /**
   * Creates places for the labels of a chart.
   *
   * @param aspect height of the plot over its width, on the screen
   * @param clear distance that keeps a label readable beside anything else, as a fraction of the
   *     height
   * @param distance smallest distance between a label and its point, as a fraction of the height
   */
  LabelPlaces(Axis x, Axis y, double aspect, double clear, double distance) {
    this.x = x;
    this.y = y;
    this.width = aspect * x.size();
    this.height = y.size();
    this.clear = clear;
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
   * Places a label and keeps later ones off it.
   *
   * @param length of the label, which is written horizontally, in units of the first axis
   * @return the middle of the label
   */
  Point place(Point point, double length) {
    Candidate best = clearest(point, length, 1);
    for (int ring = 2; ring <= RINGS && best.clearance < clear; ring++) {
      Candidate next = clearest(point, length, ring);
      best = next.clearance > best.clearance ? next : best;
    }
    taken.addAll(label(best.middle, length));
    return best.middle;
  }

  private record Candidate(Point middle, double clearance) {}

  private Candidate clearest(Point point, double length, int ring) {
    return IntStream.range(0, DIRECTIONS)
        .mapToObj(i -> beside(point, length, ring * distance, 2 * Math.PI * i / DIRECTIONS))
        .map(middle -> new Candidate(middle, clearance(middle, length, point)))
        .max(Comparator.comparingDouble(Candidate::clearance))
        .orElseThrow();
  }

  private Point beside(Point point, double length, double radius, double angle) {
    return new Point(
        point.first() + (radius * width + length / 2) * Math.cos(angle),
        point.second() + radius * height * Math.sin(angle));
  }

  /** Points that stand for a label. */
  private static List<Point> label(Point middle, double length) {
    return IntStream.range(0, SAMPLES)
        .mapToObj(
            i -> new Point(middle.first() + length * (i / (SAMPLES - 1.0) - 0.5), middle.second()))
        .toList();
  }

  /** The distance of a label to whatever is nearest; negative if it leaves the chart. */
  private double clearance(Point middle, double length, Point own) {
    return label(middle, length).stream()
        .mapToDouble(part -> clearance(part, own))
        .min()
        .orElseThrow();
  }

  /** The label's own point does not count, being about as far in every direction. */
  private double clearance(Point part, Point own) {
    double outside = Math.hypot(x.beyond(part.first()) / width, y.beyond(part.second()) / height);
    if (outside > 0) {
      return -outside;
    }
    return taken.stream()
        .filter(other -> !other.equals(own))
        .mapToDouble(
            other ->
                Math.hypot(
                    (part.first() - other.first()) / width,
                    (part.second() - other.second()) / height))
        .min()
        .orElse(Double.POSITIVE_INFINITY);
  }
}
