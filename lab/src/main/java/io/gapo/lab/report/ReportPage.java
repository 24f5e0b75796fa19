package io.gapo.lab.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The report as one HTML page that loads nothing, runs nothing and follows the color scheme. */
final class ReportPage {

  private static final String STYLE_SHEET = "report.css";

  /** Even markup that got in could load and run nothing. */
  private static final String HEAD =
      """
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
      """;

  private ReportPage() {}

  static String of(ComparisonResults results, ReportCharts charts) {
    Html head =
        Html.all(
            Html.trusted(HEAD),
            Html.text(results.title()).in("title"),
            Html.trusted(styleSheet()).in("style"));
    List<Html> sections = new ArrayList<>();
    sections.add(Html.text(results.title()).in("h1"));
    sections.add(summary(results));
    remarks(results).ifPresent(sections::add);
    sections.add(TableSection.of(ResultTable.of(results), charts.methods()));
    Frontiers.of(results)
        .flatMap(found -> charts.frontier().map(chart -> FrontierSection.of(found, chart)))
        .ifPresent(sections::add);
    LearningSection.of(charts.learning()).ifPresent(sections::add);
    SampleSection.of(results).ifPresent(sections::add);
    sections.add(RunSection.of(results));
    sections.add(FactSection.of(results));
    return "<!DOCTYPE html>\n"
        + Html.all(head.in("head"), Html.all(sections).in("main").in("body"))
            .in("html", "lang", "en")
            .markup()
        + "\n";
  }

  private static Html summary(ComparisonResults results) {
    return Html.text(
            "%s methods, %s runs, %s on %s."
                .formatted(
                    MethodRow.of(results).stream().map(MethodRow::label).distinct().count(),
                    results.runs().size(),
                    Figures.duration(results.seconds()),
                    results.startedAt()))
        .in("p");
  }

  private static Optional<Html> remarks(ComparisonResults results) {
    if (results.remarks().isEmpty()) {
      return Optional.empty();
    }
    Html list =
        Html.all(results.remarks().stream().map(each -> Html.text(each).in("li")).toList())
            .in("ul");
    return Optional.of(Html.all(Html.text("Remarks").in("h2"), list).in("section"));
  }

  private static String styleSheet() {
    try (InputStream in = ReportPage.class.getResourceAsStream(STYLE_SHEET)) {
      if (in == null) {
        throw new IllegalStateException(STYLE_SHEET + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + STYLE_SHEET, e);
    }
  }
}
