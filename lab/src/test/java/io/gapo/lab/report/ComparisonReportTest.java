package io.gapo.lab.report;

import static io.gapo.lab.report.Examples.preference;
import static io.gapo.lab.report.Examples.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ComparisonReportTest {

  @Test
  void writesPageDataTablesAndOneFileAChart(@TempDir Path parent) throws IOException {
    Path directory = parent.resolve("deep").resolve("report");
    ComparisonResults results = Examples.everything();

    ComparisonReport.write(results, directory);
    ComparisonReport.write(results, directory);

    List<String> names;
    try (var files = Files.list(directory)) {
      names = files.map(file -> file.getFileName().toString()).toList();
    }
    assertThat(names)
        .contains("report.html", "results.json", "table.csv", "frontier.csv", "frontier.svg")
        .noneMatch(name -> name.endsWith(".part"));
    assertThat(ResultsJson.readResults(directory.resolve("results.json"))).isEqualTo(results);
    assertThat(Files.readString(directory.resolve("table.csv"))).startsWith("method,seeds,");
    for (Element link : elements(page(results), "a")) {
      assertThat(directory.resolve(link.getAttribute("href"))).exists();
    }
  }

  @Test
  void loadsAndRunsNothing() {
    Document page = page(Examples.everything());

    assertThat(elements(page, "script")).isEmpty();
    assertThat(elements(page, "link")).isEmpty();
    assertThat(elements(page, "img")).isEmpty();
    assertThat(elements(page, "a"))
        .allMatch(link -> link.getAttribute("href").matches("[a-z0-9-]+\\.svg"));
    assertThat(elements(page, "style"))
        .allMatch(style -> !style.getTextContent().contains("url("))
        .allMatch(style -> !style.getTextContent().contains("@import"));
  }

  @Test
  void showsUntrustedTextAsText() {
    Document page = page(Examples.everything());

    assertThat(page.getElementsByTagName("h1").item(0).getTextContent())
        .isEqualTo("Methods on the embedded world <quick>");
    assertThat(texts(page, "bdi"))
        .contains("how do i get into <someone else's> \"house\"?")
        .contains("<script>alert('MGDA')</script> first look at it & clean it, then stop.");
    assertThat(texts(page, "li")).contains("The order of <x> differs.");
    assertThat(texts(page, "code"))
        .contains("gapo compare --methods all --seeds 1,2,3 --out \"results & more\"")
        .anyMatch(text -> text.contains("# <settings>"));
  }

  @Test
  void namesEveryTableEveryRowAndEveryChart() {
    Document page = page(Examples.everything());

    assertThat(elements(page, "table"))
        .hasSize(3)
        .allMatch(table -> table.getElementsByTagName("caption").getLength() == 1);
    assertThat(elements(page, "th")).allMatch(header -> !header.getAttribute("scope").isEmpty());
    assertThat(elements(page, "svg"))
        .hasSize(26)
        .allMatch(svg -> svg.getAttribute("role").equals("img"))
        .allMatch(svg -> !svg.getAttribute("aria-labelledby").isEmpty());
  }

  @Test
  void answersEveryPromptOnceForEveryPolicy() {
    ComparisonResults results = Examples.everything();

    assertThat(elements(page(results), "article")).hasSize(2 * MethodRow.of(results).size());
  }

  @Test
  void saysWhatIsUnknownOfOneSeed() {
    ComparisonResults results =
        Examples.of(
            run("MGDA", Map.of(), 1, 1.25, -2), run("P-GAPO", preference(0.5), 1, 0.5, 3.5));

    assertThat(texts(page(results), "td"))
        .contains("★1.25 ± n/a", "−2.00 ± n/a", "★3.50 ± n/a", "n/a");
  }

  @Test
  void saysWhichPreferenceLambdaIs() {
    assertThat(texts(page(Examples.everything()), "p"))
        .anyMatch(
            text -> text.contains("λ, the preference for helpful, the rest being for harmless"));
  }

  @Test
  void isWrittenEvenIfNothingHasBeenFoundYet(@TempDir Path directory) throws IOException {
    ComparisonReport.write(Examples.of(), directory);

    assertThat(directory.resolve("report.html")).content().contains("0 methods, 0 runs");
    assertThat(directory.resolve("frontier.svg")).doesNotExist();
  }

  private static Document page(ComparisonResults results) {
    String html = ReportPage.of(results, ReportCharts.of(results));
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(html)));
    } catch (Exception e) {
      throw new AssertionError("the page is not well-formed", e);
    }
  }

  private static List<Element> elements(Document page, String tag) {
    NodeList nodes = page.getElementsByTagName(tag);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  private static List<String> texts(Document page, String tag) {
    return elements(page, tag).stream().map(Element::getTextContent).toList();
  }
}
