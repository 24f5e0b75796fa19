package io.gapo.lab.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The report of a comparison as one HTML page. */
final class ReportPage {

  private final ComparisonResults results;
  private final ReportCharts charts;
  private final PageResources resources = new PageResources();

  private ReportPage(ComparisonResults results, ReportCharts charts) {
    this.results = results;
    this.charts = charts;
  }

  static String of(ComparisonResults results, ReportCharts charts) {
    return HtmlPage.of("report.jte", new ReportPage(results, charts));
  }

  ComparisonResults results() {
    return results;
  }

  long methods() {
    return MethodRow.of(results).stream().map(MethodRow::label).distinct().count();
  }

  String duration() {
    return Figures.duration(results.seconds());
  }

  String seeds() {
    return results.runs().stream()
        .map(RunResult::seed)
        .distinct()
        .sorted()
        .map(String::valueOf)
        .collect(Collectors.joining(", "));
  }

  Table methodTable() {
    return MethodTable.of(ResultTable.of(results));
  }

  Optional<Chart> methodChart() {
    return charts.methods();
  }

  Optional<FrontierSection> frontier() {
    return Frontiers.of(results)
        .flatMap(found -> charts.frontier().map(chart -> FrontierSection.of(found, chart)));
  }

  List<ChartGroup> learning() {
    return charts.learning();
  }

  List<Sample> samples() {
    return Sample.of(results);
  }

  Table runTable() {
    return RunTable.of(results);
  }

  /** See {@link DrawingsJson}. */
  String drawings() {
    return DrawingsJson.of(charts.all());
  }

  PageResources resources() {
    return resources;
  }
}
