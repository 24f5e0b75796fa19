package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.lab.exam.EvaluationReport;
import io.gapo.lab.exam.EvaluationReport.Measure;
import io.gapo.lab.exam.EvaluationReport.Sample;
import io.gapo.lab.exam.EvaluationReport.Unit;
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
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationPageTest {

  private static final String HOSTILE =
      "</p><script>alert(1)</script> & \"<img src=x>\" \u202e\u001b[2J";

  private static EvaluationReport report() {
    return new EvaluationReport(
        "base <policy>",
        "v60",
        "held-out.jsonl",
        4,
        List.of(
            Measure.of(
                "helpful score", Unit.SCORE, new double[] {0, 1, 2, 3}, new double[] {1, 2, 3, 4}),
            Measure.of(
                "harmless score", Unit.SCORE, new double[] {0, 1, 2, 3}, new double[] {0, 0, 1, 3}),
            Measure.of(
                "harmless ratio",
                Unit.SHARE,
                new double[] {0, 0, 1, 1},
                new double[] {0, 0, 1, 1})),
        List.of(
            new Sample(
                HOSTILE,
                "first line\nsecond line",
                HOSTILE,
                Map.of("helpful", -1.0),
                Map.of("helpful", 2.0)),
            new Sample("second prompt", "", "yes", Map.of(), Map.of())));
  }

  private static Document page(EvaluationReport report) {
    return Jsoup.parse(EvaluationPage.of(report, "sampling { template = \"</code>\" }"));
  }

  @Test
  void isWellFormed() {
    Parser parser = Parser.htmlParser().setTrackErrors(100);

    parser.parseInput(EvaluationPage.of(report(), "a = 1"), "");

    assertThat(parser.getErrors()).isEmpty();
  }

  @Test
  void holdsMeansErrorsChangesAndVerdictsAsTheTextReportDoes() {
    Document page = page(report());

    assertThat(page.select("h1").text()).isEqualTo("v60 against base <policy>");
    assertThat(page.select("thead th").eachText())
        .containsExactly("measure", "base <policy>", "v60", "change", "verdict");
    assertThat(page.select("tbody tr").eachText())
        .containsExactly(
            "helpful score 1.500 ± 0.645 2.500 ± 0.645 +1.000 ± 0.000 better",
            "harmless score 1.500 ± 0.645 1.000 ± 0.707 −0.500 ± 0.289 worse",
            "harmless ratio 50.0 % ± 28.9 50.0 % ± 28.9 0.0 % ± 0.0 same");
  }

  @Test
  void showsAnswersSideBySide() {
    Document page = page(report());

    assertThat(page.select("details .samples")).hasSize(2);
    assertThat(page.select("details .samples").get(0).select("article h3").eachText())
        .containsExactly("base <policy>", "v60");
    assertThat(page.select("article").get(0).select(".note").text()).isEqualTo("helpful −1.00");
    assertThat(page.select("article .answer").get(0).wholeText())
        .isEqualTo("first line\nsecond line");
  }

  @Test
  void showsHostileTextAsText() {
    Document page = page(report());

    String shown = HOSTILE.replaceAll("[\u202e\u001b]", "\ufffd");
    assertThat(page.select("script, img")).isEmpty();
    assertThat(page.select("summary bdi").get(0).wholeText()).isEqualTo(shown);
    assertThat(page.select("article .answer").get(1).wholeText()).isEqualTo(shown);
    assertThat(page.select("pre code").text()).contains("</code>");
  }

  @Test
  void loadsAndRunsNothing() throws NoSuchAlgorithmException {
    Document page = page(report());

    assertThat(page.select("script, link, img, iframe, object, embed, form, base, [src], [href]"))
        .isEmpty();
    String style = page.select("style").get(0).data();
    assertThat(style)
        .doesNotContain("url(", "@import")
        .contains("prefers-color-scheme: dark", "color-scheme: light dark");
    assertThat(page.select("meta[name=viewport]").attr("content")).contains("device-width");
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
    assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
        .isEqualTo(
            "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-%s'"
                .formatted(Base64.getEncoder().encodeToString(digest)));
  }

  @Test
  void isWrittenWithoutSamplesToo(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("page.html");
    EvaluationReport report = report();

    EvaluationPage.write(
        new EvaluationReport(
            report.before(),
            report.after(),
            report.source(),
            report.prompts(),
            report.measures(),
            List.of()),
        "",
        file);

    assertThat(Files.readString(file)).contains("4 prompts of").doesNotContain("Samples");
  }
}
