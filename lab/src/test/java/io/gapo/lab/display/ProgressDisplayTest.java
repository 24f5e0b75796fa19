package io.gapo.lab.display;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.port.Stage;
import io.gapo.ops.display.ExampleLineage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {

  private static final List<String> TWO = List.of("helpful", "harmless");
  private static final List<String> THREE = List.of("helpful", "harmless", "concise");

  private final StringWriter written = new StringWriter();
  private final PrintWriter out = new PrintWriter(written);
  private final AtomicLong nanoTime = new AtomicLong();

  @Test
  void namesEveryFigureInALineWhereThereIsNoTerminal() {
    ProgressDisplay display = display(TWO, false);

    display.tokensSampled(100);
    display.outstandingRollouts(3, 8);
    display.step(figures(12, TWO));
    display.close();

    assertThat(written.toString())
        .isEqualToNormalizingNewlines(
            "step 12, helpful +0.500, harmless +1.500, harmless ≥ 0 75 %, KL 0.0125,"
                + " α helpful 0.500, α harmless 0.500, cos +0.000, stale 0.50, tok/s 320,"
                + " s/step 10.0\n");
  }

  @Test
  void writesNoControlCharactersWhereThereIsNoTerminal() {
    ProgressDisplay display = display(THREE, false);

    display.stepRefused("the gradient of x is not finite");
    display.step(figures(1, THREE));
    display.close();

    assertThat(written.toString().replace("\n", "").chars()).noneMatch(Character::isISOControl);
    assertThat(written.toString()).contains("step refused: the gradient of x is not finite");
  }

  @Test
  void alignsRowsUnderAHeadingOnATerminal() {
    ProgressDisplay display = display(THREE, true);

    display.step(figures(1, THREE));
    display.step(figures(2, THREE));
    display.close();

    List<String> rows =
        written.toString().replaceAll("\u001b\\[2K[^\\n]*\\r|\u001b\\[2K", "").lines().toList();
    assertThat(rows).hasSize(3).allMatch(row -> row.length() == rows.get(0).length());
    assertThat(rows.get(0)).contains("concise", "harmless ≥ 0", "α concise", "min cos", "s/step");
    assertThat(rows.get(1)).startsWith("    1  +0.500").contains("+2.500", "0.333");
  }

  @Test
  void repeatsTheHeadingOfALongTable() {
    ProgressDisplay display = display(TWO, true);

    for (int step = 1; step <= 21; step++) {
      display.step(figures(step, TWO));
    }

    assertThat(written.toString().lines().filter(line -> line.contains("s/step"))).hasSize(2);
  }

  @Test
  void showsWhatHappensNowOnATerminal() {
    ProgressDisplay display = display(TWO, true);

    display.outstandingRollouts(3, 8);
    nanoTime.addAndGet(Duration.ofSeconds(3725).toNanos());
    display.quarantined(Stage.ROLLOUT_GENERATOR, "gapo.prompts");

    assertThat(written.toString())
        .contains("0:00:00  3 of 8 rollouts outstanding")
        .contains("1:02:05  3 of 8 rollouts outstanding")
        .endsWith("1 records in quarantine\r");
  }

  @Test
  void printsLinesInPlaceOfTheLastLineAndDrawsItAgainBelow() {
    ProgressDisplay display = display(TWO, true);

    display.outstandingRollouts(3, 8);
    display.print(List.of("a sample", "of two lines"));

    assertThat(written.toString())
        .matches(
            "\u001b\\[2K[^\\n\\r]*outstanding[^\\n\\r]*\r\u001b\\[2Ka sample\\R"
                + "of two lines\\R\u001b\\[2K[^\\n\\r]*outstanding[^\\n\\r]*\r");
  }

  @Test
  void redrawsTheLastLineAtMostFiveTimesASecond() {
    ProgressDisplay display = display(TWO, true);

    for (int i = 0; i < 1000; i++) {
      nanoTime.addAndGet(Duration.ofMillis(1).toNanos());
      display.tokensSampled(1);
    }

    assertThat(written.toString().chars().filter(c -> c == '\r')).hasSize(5);
  }

  @Test
  void saysWhenAStepOnlyPullsThePolicyBack() {
    ProgressDisplay display = display(TWO, false);

    display.step(
        StepFigures.of(ExampleLineage.of(1, Instant.EPOCH, TWO, 1), Duration.ofSeconds(1)));

    assertThat(written.toString().strip()).endsWith("pulled back: KL past its bound");
  }

  @Test
  void saysWhichObjectivesAStepLeftOut() {
    ProgressDisplay display = display(THREE, false);

    display.step(
        StepFigures.of(
            ExampleLineage.leavingOut(1, Instant.EPOCH, THREE, List.of("harmless", "concise")),
            Duration.ofSeconds(1)));

    assertThat(written.toString().strip())
        .endsWith("left out, without a gradient: harmless, concise");
  }

  private ProgressDisplay display(List<String> objectives, boolean terminal) {
    return new ProgressDisplay(objectives, Set.of("harmless"), out, terminal, nanoTime::get);
  }

  private static StepFigures figures(long step, List<String> objectives) {
    return StepFigures.of(
        ExampleLineage.of(step, Instant.EPOCH, objectives), Duration.ofSeconds(10));
  }
}
