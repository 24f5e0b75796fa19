package io.gapo.lab.report;

import java.util.List;

/** What {@code charts.js} draws: data only, as JSON. NaN is a gap. */
sealed interface Drawing {

  /**
   * Curves over training steps.
   *
   * @param steps rising
   */
  record Curves(Axis x, Axis y, List<Long> steps, List<Curve> curves) implements Drawing {

    public Curves {
      steps = List.copyOf(steps);
      curves = List.copyOf(curves);
    }
  }

  /** Points in the plane of two objectives. */
  record Plane(Axis x, Axis y, List<Trace> traces) implements Drawing {

    public Plane {
      traces = List.copyOf(traces);
    }
  }

  /** Points of one method, joined if the legend's key has a line. */
  record Trace(List<Mark> marks) {

    public Trace {
      marks = List.copyOf(marks);
    }
  }

  /**
   * A point.
   *
   * @param xError half the width of its bar; NaN for none
   * @param yError half the height of its bar; NaN for none
   * @param label empty for none
   * @param labelX middle of the label
   * @param labelY middle of the label
   */
  record Mark(
      double x,
      double y,
      double xError,
      double yError,
      String label,
      double labelX,
      double labelY) {}
}
