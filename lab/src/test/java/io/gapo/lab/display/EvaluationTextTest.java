package io.gapo.lab.display;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.lab.exam.EvaluationReport;
import io.gapo.lab.exam.EvaluationReport.Estimate;
import io.gapo.lab.exam.EvaluationReport.Measure;
import io.gapo.lab.exam.EvaluationReport.Sample;
import io.gapo.lab.exam.EvaluationReport.Unit;
import io.gapo.lab.exam.EvaluationReport.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluationTextTest {

  @Test
  void estimatesAMeanAndItsStandardError() {
    Estimate estimate = Estimate.of(new double[] {1, 2, 3, 4});

    assertThat(estimate.mean()).isEqualTo(2.5);
    assertThat(estimate.standardError()).isCloseTo(Math.sqrt(5.0 / 3 / 4), within(1e-12));
  }

  @Test
  void judgesTheChangeOfEachPromptAndNotHowMuchPromptsDiffer() {
    double[] before = {-100, 0, 100};

    assertThat(measure(before, new double[] {-99, 1, 101}).verdict()).isEqualTo(Verdict.BETTER);
    assertThat(measure(before, new double[] {-101, -1, 99}).verdict()).isEqualTo(Verdict.WORSE);
    assertThat(measure(before, new double[] {-90, 0, 91}).verdict()).isEqualTo(Verdict.SAME);
    assertThat(measure(before, before).verdict()).isEqualTo(Verdict.SAME);
  }

  @Test
  void refusesMeasuresOfDifferentPrompts() {
    assertThatThrownBy(() -> measure(new double[] {1}, new double[] {1, 2}))
        .hasMessage("measure 'x' has 1 values before and 2 after");
    assertThatThrownBy(() -> measure(new double[0], new double[0]))
        .hasMessage("an estimate needs at least one value");
  }

  @Test
  void writesATableAndAnswersSideBySide() {
    EvaluationReport report =
        new EvaluationReport(
            "v0",
            "v40",
            "held-out",
            4,
            List.of(
                Measure.of(
                    "helpful", Unit.SCORE, new double[] {0, 1, 2, 3}, new double[] {1, 2, 3, 4}),
                Measure.of(
                    "harmless ratio",
                    Unit.SHARE,
                    new double[] {0, 0, 1, 1},
                    new double[] {0, 0, 1, 1})),
            List.of(
                new Sample(
                    "how do i fix a bicycle?",
                    "no.",
                    "first look at the chain and clean it well.",
                    Map.of("helpful", -1.0),
                    Map.of("helpful", 2.0))));

    assertThat(EvaluationText.lines(report, 62))
        .containsExactly(
            "4 held-out prompts, mean ± standard error",
            "                             v0              v40           change",
            "helpful           1.500 ± 0.645    2.500 ± 0.645   +1.000 ± 0.000  better",
            "harmless ratio    50.0 ± 28.9 %    50.0 ± 28.9 %     +0.0 ± 0.0 %  same",
            "",
            "» how do i fix a bicycle?",
            "v0  helpful -1.00               v40  helpful +2.00",
            "no.                             first look at the chain and",
            "                                clean it well.");
  }

  @Test
  void breaksAnswersAtTheirLineEndsAndWhereTheyAreTooLong() {
    assertThat(shown("one two three four five six seven\n  eight", "a".repeat(25)))
        .containsExactly(
            "one two three four   aaaaaaaaaaaaaaaaaaa", "five six seven       aaaaaa", "  eight");
  }

  @Test
  void neverLetsAModelSteerTheTerminal() {
    assertThat(shown("a\u001b[2J", "b\tc\u202ed"))
        .containsExactly("a\\u001b[2J           b c\\u202ed");
  }

  @Test
  void showsWhatLooksLikePicoclisMarkupAsItWasWritten() {
    assertThat(shown("@|red x|@ @|y|@", "a@b")).containsExactly("@|red x|@ @|y|@      a@b");
  }

  /** The lines of two answers, side by side in 40 characters. */
  private static List<String> shown(String before, String after) {
    Sample sample = new Sample("prompt", before, after, Map.of(), Map.of());
    List<String> lines =
        EvaluationText.lines(
            new EvaluationReport("v0", "v40", "held-out", 1, List.of(), List.of(sample)), 40);
    return lines.subList(lines.indexOf("v0                   v40") + 1, lines.size());
  }

  private static Measure measure(double[] before, double[] after) {
    return Measure.of("x", Unit.SCORE, before, after);
  }
}
