package io.gapo.lab.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The report as one HTML page that loads nothing and follows the color scheme: what the templates
 * under {@code src/main/jte} show, which escape every text.
 */
final class ReportPage {

  private static final String TEMPLATE = "report.jte";

  /** The templates, which the build compiled to classes of this package. */
  private static final TemplateEngine TEMPLATES =
      TemplateEngine.createPrecompiled(
          null, ContentType.Html, ReportPage.class.getClassLoader(), "io.gapo.lab.report");

  private final ComparisonResults results;
  private final ReportCharts charts;
  private final PageResources resources = new PageResources();

  private ReportPage(ComparisonResults results, ReportCharts charts) {
    this.results = results;
    this.charts = charts;
  }

  static String of(ComparisonResults results, ReportCharts charts) {
    StringOutput html = new StringOutput();
    TEMPLATES.render(TEMPLATE, new ReportPage(results, charts), html);
    return visible(html.toString());
  }

  /** What would steer the reader's text instead of showing in it becomes a replacement mark. */
  private static String visible(String html) {
    return html.codePoints()
        .map(character -> isPlain(character) ? character : '\uFFFD')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isPlain(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL -> character == '\n' || character == '\t';
      case Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED -> false;
      default -> true;
    };
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
