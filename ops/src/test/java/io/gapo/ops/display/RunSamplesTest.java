package io.gapo.ops.display;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.settings.InvalidSettingException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RunSamplesTest {

  private static final List<String> OBJECTIVES = List.of("helpful", "harmless");

  private final List<List<String>> printed = new ArrayList<>();

  private static ScoredRollout scored(String promptId, int sampleIndex, String response) {
    Rollout rollout =
        new Rollout(
            promptId,
            sampleIndex,
            "Question " + promptId,
            response,
            new int[] {1},
            new int[] {2, 3},
            new float[] {-1, -1},
            new long[] {8, 9},
            FinishReason.LENGTH,
            1);
    return new ScoredRollout(rollout, new double[] {1.25, -0.5});
  }

  private static List<ScoredRollout> batch() {
    List<ScoredRollout> batch = new ArrayList<>();
    for (String prompt : List.of("a", "b", "c")) {
      batch.add(scored(prompt, 0, "First of " + prompt));
      batch.add(scored(prompt, 1, "Last of " + prompt));
    }
    return batch;
  }

  private RunSamples printing(int every, int count, int maxCharacters) {
    return RunSamples.printed(new SampleSettings(every, count, maxCharacters), 60, printed::add);
  }

  @Test
  void showsTheLastResponsesToDifferentPrompts() {
    printing(10, 2, 500).batchMeasured(new PolicyVersion(9), OBJECTIVES, batch());

    assertThat(printed)
        .containsExactly(
            List.of(
                "b#1, for v10, sampled from v8, 2 tokens (length)",
                "  scores   helpful +1.250  harmless -0.500",
                "  prompt   Question b",
                "  response Last of b"),
            List.of(
                "c#1, for v10, sampled from v8, 2 tokens (length)",
                "  scores   helpful +1.250  harmless -0.500",
                "  prompt   Question c",
                "  response Last of c"));
  }

  @Test
  void showsEveryVersionThatIsDueOnce() {
    RunSamples samples = printing(10, 1, 500);

    for (int version : List.of(0, 8, 9, 9, 10, 19, 9)) {
      samples.batchMeasured(new PolicyVersion(version), OBJECTIVES, batch());
    }

    assertThat(printed)
        .extracting(lines -> lines.get(0).replaceAll(".*for (v\\d+).*", "$1"))
        .containsExactly("v10", "v20");
  }

  @Test
  void showsNothingWhereItIsOffAndAllThereIsOfASmallBatch() {
    printing(0, 3, 500).batchMeasured(new PolicyVersion(9), OBJECTIVES, batch());
    assertThat(printed).isEmpty();

    printing(1, 5, 500).batchMeasured(new PolicyVersion(9), OBJECTIVES, batch());
    assertThat(printed).hasSize(3);
  }

  @Test
  void cutsAndEscapes() {
    printing(1, 1, 4)
        .batchMeasured(new PolicyVersion(9), OBJECTIVES, List.of(scored("a", 0, "x\u001b[2Jyz")));

    assertThat(printed.get(0)).endsWith("  prompt   Ques…", "  response x\\u001b[2…");
  }

  @Test
  void logsOneLineForEachResponse() {
    Logger logger = (Logger) LoggerFactory.getLogger(RunSamples.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      RunSamples.logged(new SampleSettings(1, 2, 500))
          .batchMeasured(
              new PolicyVersion(9),
              OBJECTIVES,
              List.of(scored("a", 0, "one"), scored("b", 0, "two\nlines \u202e{}")));
    } finally {
      logger.detachAppender(log);
    }

    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "Sample a#0, for v10, sampled from v8, 2 tokens (length): helpful +1.250  harmless"
                + " -0.500; prompt: Question a response: one",
            "Sample b#0, for v10, sampled from v8, 2 tokens (length): helpful +1.250  harmless"
                + " -0.500; prompt: Question b response: two\\u000alines \\u202e{}");
  }

  @Test
  void refusesSettingsThatMakeNoSense() {
    assertThatThrownBy(() -> new SampleSettings(-1, 1, 1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("every");
    assertThatThrownBy(() -> new SampleSettings(1, 0, 1)).hasMessageContaining("count");
    assertThatThrownBy(() -> new SampleSettings(1, 1, 0)).hasMessageContaining("max-characters");
  }
}
