package io.gapo.lab.report;

import java.util.stream.DoubleStream;
import org.apache.commons.math3.stat.StatUtils;

/**
 * An axis of a chart.
 *
 * @param title what it measures, with its unit
 * @param min where it begins
 * @param max where it ends, above its begin
 */
record Axis(String title, double min, double max) {

  /** Smaller ranges, as a part of their values, are none: they would show rounding. */
  private static final double FLAT = 1e-9;

  /**
   * Holds all finite values, of which there must be one.
   *
   * @param margin on both sides, as a part of the values' range
   */
  static Axis around(String title, DoubleStream values, double margin) {
    double[] finite = values.filter(Double::isFinite).toArray();
    double min = StatUtils.min(finite);
    double max = StatUtils.max(finite);
    boolean flat = max - min < FLAT * Math.max(1, Math.abs(max));
    double room = flat ? 0.5 : margin * (max - min);
    return new Axis(title, min - room, max + room);
  }

  double size() {
    return max - min;
  }

  /** How far a value lies outside of the axis; 0 if it does not. */
  double beyond(double value) {
    return Math.max(0, Math.max(min - value, value - max));
  }
}
