package io.gapo.lab.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All charts of a comparison.
 *
 * @param methods all methods in the plane of the first two objectives
 * @param frontier the methods that take a preference, in the same plane
 * @param learning what training looked like
 */
record ReportCharts(Optional<Chart> methods, Optional<Chart> frontier, List<ChartGroup> learning) {

  ReportCharts {
    learning = List.copyOf(learning);
  }

  static ReportCharts of(ComparisonResults results) {
    List<String> labels = MethodRow.of(results).stream().map(MethodRow::label).distinct().toList();
    return new ReportCharts(
        FrontierChart.ofAll(results, labels),
        Frontiers.of(results).map(found -> FrontierChart.ofFrontiers(found, labels)),
        LearningCharts.of(results));
  }

  Stream<Chart> all() {
    return Stream.concat(
        Stream.concat(methods.stream(), frontier.stream()),
        learning.stream().flatMap(group -> group.charts().stream()));
  }
}
