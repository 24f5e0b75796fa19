package io.gapo.objectives.rule;

import static io.gapo.objectives.Responses.labelled;
import static io.gapo.objectives.Responses.noted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.port.UnscorableRolloutsException;
import io.gapo.core.rollout.PromptNotes;
import io.gapo.objectives.Responses;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerRulesTest {

  @Test
  void anExactMatchIsTheLabelAndNothingElse() {
    ExactMatch rule = new ExactMatch(false);

    assertThat(rule.score(labelled("Paris", " Paris\n"))).isEqualTo(1);
    assertThat(rule.score(labelled("Paris", "paris"))).isEqualTo(0);
    assertThat(rule.score(labelled("Paris", "It is Paris"))).isEqualTo(0);
    assertThat(new ExactMatch(true).score(labelled("Paris", "paris"))).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "4              | 2 + 2 = 4             | 1",
        "4              | 4 comes before 5      | 0",
        "so #### 1,234  | That is 1234.         | 1",
        "1234           | That is $1,234.00     | 1",
        "-3             | It is -3              | 1",
        "3              | from 5-3              | 1",
        "0.5            | 5e-1                  | 1",
        "7              | I do not know         | 0",
        "10             | 10.01                 | 0",
      })
  void aNumericMatchComparesTheLastNumbers(String label, String response, double score) {
    assertThat(new NumericMatch(0).score(labelled(label, response))).isEqualTo(score);
  }

  @Test
  void aToleranceIsAShareOfTheLabel() {
    assertThat(new NumericMatch(0.01).score(labelled("100", "99.5"))).isEqualTo(1);
    assertThat(new NumericMatch(0.01).score(labelled("100", "98.5"))).isEqualTo(0);
  }

  @Test
  void longRunsOfDigitsAndCommasAreReadAtOnce() {
    String digits = "1".repeat(100_000) + ",123".repeat(100_000) + "x";

    assertThat(new NumericMatch(0).score(labelled("5", digits))).isEqualTo(0);
  }

  @Test
  void rolloutsWithoutALabelAreNamedAndTheOthersAreNot() {
    RuleObjective objective = new RuleObjective("correct", new NumericMatch(0));

    assertThatExceptionOfType(UnscorableRolloutsException.class)
        .isThrownBy(
            () ->
                objective.score(
                    List.of(
                        Responses.of("a", "4"),
                        noted("b", "4", PromptNotes.labelled("4")),
                        noted("c", "4", PromptNotes.labelled("four")))))
        .satisfies(
            unscorable -> {
              assertThat(unscorable.reason("a#0"))
                  .contains(
                      "objective 'correct' cannot score it: its prompt has no label: feed"
                          + " {\"prompt\": ..., \"label\": ...}");
              assertThat(unscorable.reason("b#0")).isEmpty();
              assertThat(unscorable.reason("c#0").orElseThrow()).contains("no number: 'four'");
            });
  }

  @Test
  void scoresABatchInOrder() {
    try (RuleObjective objective = new RuleObjective("right", new ExactMatch(false))) {
      assertThat(objective.score(List.of(labelled("a", "a"), labelled("a", "b"))))
          .containsExactly(1, 0);
      assertThat(objective.objective()).isEqualTo("right");
    }
  }

  @Test
  void refusesAToleranceBelowZero() {
    assertThatThrownBy(() -> new NumericMatch(-1)).hasMessageContaining("tolerance");
  }
}
