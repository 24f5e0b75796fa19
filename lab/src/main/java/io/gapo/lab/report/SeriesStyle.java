package io.gapo.lab.report;

import java.util.List;

/**
 * What tells a series apart, the same for a method in all charts: color, marker and dashes.
 *
 * @param index of the series, from 0
 */
record SeriesStyle(int index) {

  /** Lengths of line and gap, in pixels. */
  private static final List<String> DASHES = List.of("", "7 4", "2 4");

  /**
   * Outlines around (0, 0), in pixels, as paths of SVG. One fewer than colors: a color that comes
   * again has another marker. No plus: that is error bars.
   */
  private static final List<String> MARKERS =
      List.of(
          "M-4 0A4 4 0 1 1 4 0A4 4 0 1 1 -4 0Z", // circle
          "M-4 -4H4V4H-4Z", // square
          "M0 -5.5L5.5 0L0 5.5L-5.5 0Z", // diamond
          "M0 -5L5 4H-5Z", // triangle
          "M-4 -2L-2 -4L0 -2L2 -4L4 -2L2 0L4 2L2 4L0 2L-2 4L-4 2L-2 0Z", // cross
          "M0 5L5 -4H-5Z", // triangle on its tip
          "M-5.5 0A5.5 3 0 1 1 5.5 0A5.5 3 0 1 1 -5.5 0Z", // ellipse
          "M-2.5 -4H2.5L5 4H-5Z", // trapezoid
          "M-6 -2.5H6V2.5H-6Z"); // bar

  SeriesStyle {
    if (index < 0) {
      throw new IllegalArgumentException("a series' index must be >= 0, was " + index);
    }
  }

  /** In which the style sheet has the series' color; after the tenth they begin again. */
  String colorClass() {
    return ChartColor.SERIES.get(index % ChartColor.SERIES.size()).name();
  }

  /** Outline of the marker, as a path of SVG. */
  String marker() {
    return MARKERS.get(index % MARKERS.size());
  }

  /** Lengths of line and gap, empty if there is no gap: they change where colors begin again. */
  String dash() {
    return DASHES.get(index / ChartColor.SERIES.size() % DASHES.size());
  }
}
