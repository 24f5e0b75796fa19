package io.gapo.lab.report;

import static io.gapo.lab.report.Examples.preference;
import static io.gapo.lab.report.Examples.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonReportTest {

  @Test
  void writesPageDataAndTables(@TempDir Path parent) throws IOException {
    Path directory = parent.resolve("deep").resolve("report");
    ComparisonResults results = Examples.everything();

    ComparisonReport.write(results, directory);
    ComparisonReport.write(results, directory);

    List<String> names;
    try (var files = Files.list(directory)) {
      names = files.map(file -> file.getFileName().toString()).toList();
    }
    assertThat(names)
        .containsExactlyInAnyOrder("report.html", "results.json", "table.csv", "frontier.csv");
    assertThat(ResultsJson.readResults(directory.resolve("results.json"))).isEqualTo(results);
    assertThat(Files.readString(directory.resolve("table.csv"))).startsWith("method,seeds,");
  }

  @Test
  void loadsNothing() {
    Document page = page(Examples.everything());

    assertThat(page.select("link, img, iframe, object, embed, form, base, [src], [href]"))
        .isEmpty();
    assertThat(page.select("style").get(0).data()).doesNotContain("url(", "@import");
  }

  @Test
  void runsNothingButItsOwnScripts() throws NoSuchAlgorithmException {
    Document page = page(Examples.everything());

    List<Element> scripts = page.select("script:not([type=application/json])");
    assertThat(scripts).hasSize(2);
    assertThat(scripts.get(0).data()).contains("Permission is hereby granted", "uPlot=function");
    assertThat(
            page.getAllElements().stream()
                .flatMap(element -> element.attributes().asList().stream()))
        .noneMatch(attribute -> attribute.getKey().startsWith("on"))
        .noneMatch(attribute -> attribute.getKey().equals("style"));
    assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
        .isEqualTo(
            "default-src 'none'; base-uri 'none'; form-action 'none'; style-src %s; script-src %s %s"
                .formatted(
                    digest(page.select("style").get(0).data()),
                    digest(scripts.get(0).data()),
                    digest(scripts.get(1).data())));
  }

  @Test
  void holdsTheDataOfEveryChart() throws IOException {
    Document page = page(Examples.everything());

    JsonNode drawings = drawings(page);
    assertThat(page.select("figure").eachAttr("data-drawing"))
        .hasSize(26)
        .containsExactlyInAnyOrderElementsOf(names(drawings));
    JsonNode cosine = drawings.path("methods-cosine");
    assertThat(cosine.path("x").path("title").asText()).isEqualTo("step");
    assertThat(cosine.path("steps")).hasSize(60);
    assertThat(cosine.path("curves").path(0).path("mean")).hasSize(60);
    assertThat(cosine.path("curves").path(0).path("mean").path(6).isNull()).isTrue();
    assertThat(
            drawings
                .path("frontier")
                .path("traces")
                .path(0)
                .path("marks")
                .path(0)
                .path("label")
                .asText())
        .isEqualTo("0.2");
  }

  @Test
  void keepsNamesThatLookLikeTheEndOfItsDataInside() throws IOException {
    String name = "</script><script>alert(1)</script><!--";
    StepPoint step = new StepPoint(1, Map.of("helpful", 1.0), Map.of(), 0, 0, 0);

    Document page =
        page(
            Examples.of(
                new RunResult("m", name, Map.of(), 1, List.of(step), Map.of(), List.of(), 1)));

    assertThat(drawings(page).findValuesAsText("name")).contains(name);
    assertThat(page.select("script")).hasSize(3);
    assertThat(page.select(".legend bdi").eachText()).contains(name);
  }

  @Test
  void showsUntrustedTextAsText() {
    Document page = page(Examples.everything());

    assertThat(page.select("h1").text()).isEqualTo("Methods on the embedded world <quick>");
    assertThat(page.select("bdi").eachText())
        .contains("how do i get into <someone else's> \"house\"?")
        .contains("<script>alert('MGDA')</script> first look at it & clean it, then stop.");
    assertThat(page.select("li").eachText()).contains("The order of <x> differs.");
    assertThat(page.select("code").eachText())
        .contains("gapo compare --methods all --seeds 1,2,3 --out \"results & more\"")
        .anyMatch(text -> text.contains("# <settings>"));
  }

  @Test
  void showsCharactersThatSteerTextAsReplacementMarks() {
    Document page =
        page(Examples.of(answering("a\u0000b\u202ec\u2066d\u001b[2Je\ud800\n\ttwo ± 3 − λ 😀")));

    assertThat(page.select("p > bdi").get(0).wholeText())
        .isEqualTo("a\ufffdb\ufffdc\ufffdd\ufffd[2Je\ufffd\n\ttwo ± 3 − λ 😀");
  }

  @Test
  void showsTextOfAllScriptsAndEmojisAsTheyAre() {
    String text = "می\u200cخواهم \u200dक्\u200d 👨\u200d👩\u200d👧 soft\u00adhyphen \u0378";

    assertThat(page(Examples.of(answering(text))).select("p > bdi").get(0).wholeText())
        .isEqualTo(text);
  }

  @Test
  void namesEveryTableEveryRowAndEveryChart() {
    Document page = page(Examples.everything());

    assertThat(page.select("table"))
        .hasSize(3 + 26)
        .allMatch(table -> table.select("caption").size() == 1);
    assertThat(page.select("th")).allMatch(header -> !header.attr("scope").isEmpty());
    assertThat(page.select("figure"))
        .hasSize(26)
        .allMatch(figure -> figure.select("figcaption").size() == 1)
        .allMatch(figure -> figure.select(".data table").size() == 1)
        .allMatch(figure -> figure.select(".plot[role=img]").attr("aria-label").length() > 40)
        .allMatch(figure -> !figure.select(".legend button").isEmpty());
  }

  @Test
  void opensTheFirstOfItsFoldsOnly() {
    Document page = page(Examples.everything());

    assertThat(page.select("details[open] > summary").eachText())
        .containsExactly("Methods", "how do i repair an old bicycle?");
  }

  @Test
  void answersEveryPromptOnceForEveryPolicy() {
    ComparisonResults results = Examples.everything();

    assertThat(page(results).select("article")).hasSize(2 * MethodRow.of(results).size());
  }

  @Test
  void saysWhatIsUnknownOfOneSeed() {
    ComparisonResults results =
        Examples.of(
            run("MGDA", Map.of(), 1, 1.25, -2), run("P-GAPO", preference(0.5), 1, 0.5, 3.5));

    assertThat(page(results).select("td").eachText())
        .contains("★1.25 ± n/a", "−2.00 ± n/a", "★3.50 ± n/a", "n/a");
  }

  @Test
  void saysWhichPreferenceLambdaIs() {
    assertThat(page(Examples.everything()).select("p").eachText())
        .anyMatch(
            text -> text.contains("λ, the preference for helpful, the rest being for harmless"));
  }

  @Test
  void isWrittenEvenIfNothingHasBeenFoundYet(@TempDir Path directory) throws IOException {
    ComparisonReport.write(Examples.of(), directory);

    assertThat(directory.resolve("report.html")).content().contains("0 methods, 0 runs");
  }

  private static RunResult answering(String response) {
    return new RunResult(
        "m",
        "m",
        Map.of(),
        1,
        List.of(),
        Map.of(),
        List.of(new Answer("prompt", response, Map.of())),
        1);
  }

  private static Document page(ComparisonResults results) {
    return Jsoup.parse(ReportPage.of(results, ReportCharts.of(results)));
  }

  private static JsonNode drawings(Document page) throws IOException {
    return new ObjectMapper().readTree(page.select("script#drawings").get(0).data());
  }

  private static List<String> names(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }

  private static String digest(String text) throws NoSuchAlgorithmException {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
  }
}
