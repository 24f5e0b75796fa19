package io.gapo.lab.report;

import static io.gapo.lab.report.Examples.preference;
import static io.gapo.lab.report.Examples.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class ReportChartsTest {

  private static final Pattern ID = Pattern.compile(" id=\"([^\"]*)\"");
  private static final Pattern REFERENCE = Pattern.compile("url\\(#([^)]*)\\)");

  @Test
  void drawsEveryFigureOfEveryGroupOfMethods() {
    ReportCharts charts = ReportCharts.of(Examples.everything());

    assertThat(charts.learning())
        .extracting(ChartGroup::title)
        .containsExactly("Methods", "P-GAPO", "MORLHF", "Rewarded Soups");
    assertThat(charts.learning().get(0).charts())
        .extracting(Chart::name)
        .containsExactly(
            "methods-score-helpful",
            "methods-score-harmless",
            "methods-alpha-helpful",
            "methods-alpha-harmless",
            "methods-cosine",
            "methods-kl");
    assertThat(charts.all().map(Chart::name))
        .doesNotHaveDuplicates()
        .contains("frontier", "methods")
        .allMatch(name -> name.matches("[a-z0-9-]+"));
  }

  @Test
  void canShareAPageBecauseNoTwoChartsHaveAnIdInCommon() {
    List<String> ids = new ArrayList<>();
    List<String> references = new ArrayList<>();

    ReportCharts.of(Examples.everything())
        .all()
        .forEach(
            chart -> {
              ID.matcher(chart.svg()).results().forEach(found -> ids.add(found.group(1)));
              REFERENCE
                  .matcher(chart.svg())
                  .results()
                  .forEach(found -> references.add(found.group(1)));
            });

    assertThat(ids).doesNotHaveDuplicates().containsAll(references);
  }

  @Test
  void saysWhatItShowsAndHasNoColorThatStaysInTheDark() {
    ReportCharts.of(Examples.everything())
        .all()
        .forEach(
            chart -> {
              Element svg = parse(chart.svg());
              assertThat(svg.getAttribute("role")).isEqualTo("img");
              assertThat(svg.getAttribute("aria-labelledby"))
                  .isEqualTo(chart.name() + "-title " + chart.name() + "-description");
              assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
                  .isEqualTo(chart.title());
              assertThat(chart.svg()).contains("prefers-color-scheme:dark").doesNotContain("rgb(");
              assertThat(chart.svg()).doesNotContainPattern("(fill|stroke)=\"(black|white)\"");
            });
  }

  @Test
  void tellsWhoCannotSeeTheFrontierWhereItsPointsAre() {
    Chart frontier =
        ReportCharts.of(
                Examples.of(
                    run("P-GAPO", preference(0.2), 1, -0.5, 3),
                    run("P-GAPO", preference(0.8), 1, 2.25, 1)))
            .frontier()
            .orElseThrow();

    assertThat(parse(frontier.svg()).getElementsByTagName("desc").item(0).getTextContent())
        .isEqualTo(
            "Higher is better on both axes. "
                + "P-GAPO: λ 0.2 at (−0.50, 3.00), λ 0.8 at (2.25, 1.00).");
  }

  @Test
  void drawsASingleStepAndWhatNeverChanges() {
    StepPoint step =
        new StepPoint(1, Map.of("helpful", 1.0), Map.of("helpful", 0.5), Double.NaN, Double.NaN, 0);
    RunResult run =
        new RunResult("m", "<one> & only", Map.of(), 1, List.of(step), Map.of(), List.of(), 1);

    ReportCharts charts = ReportCharts.of(Examples.of(run));

    assertThat(charts.all().map(Chart::name))
        .containsExactly("methods-score-helpful", "methods-alpha-helpful");
    charts.all().forEach(chart -> assertThat(parse(chart.svg()).getTagName()).isEqualTo("svg"));
  }

  @Test
  void drawsNothingOfRunsWithoutStepsAndScores() {
    RunResult empty = new RunResult("m", "m", Map.of(), 1, List.of(), Map.of(), List.of(), 1);

    assertThat(ReportCharts.of(Examples.of(empty)).all()).isEmpty();
  }

  private static Element parse(String svg) {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(svg)))
          .getDocumentElement();
    } catch (Exception e) {
      throw new AssertionError("not XML: " + svg, e);
    }
  }
}
