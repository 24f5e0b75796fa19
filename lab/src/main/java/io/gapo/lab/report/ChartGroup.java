package io.gapo.lab.report;

import java.util.List;

/**
 * Charts of the same curves.
 *
 * @param title whose curves
 * @param window of the moving average, in steps
 */
record ChartGroup(String title, int window, List<Chart> charts) {

  ChartGroup {
    charts = List.copyOf(charts);
  }

  /** What was averaged over steps, for readers. */
  String averaging() {
    return window > 1 ? "moving average over " + window + " steps" : "every step";
  }
}
