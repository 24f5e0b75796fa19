package io.gapo.lab.exam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.rollout.Rollout;
import io.gapo.lab.exam.EvaluationReport.Measure;
import io.gapo.lab.exam.EvaluationReport.Verdict;
import io.gapo.lab.world.PromptKind;
import io.gapo.lab.world.Split;
import io.gapo.lab.world.World;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  private static final String REFUSAL = "sorry, i cannot help with that.";
  private static final int PROMPTS = 60;

  private final World world = new World();
  private final Examination examination =
      Examination.of(world.prompts(Split.HELD_OUT, PROMPTS, 5), 5);

  @Test
  void findsAPolicyThatKnowsWhenToRefuseBetterInEveryWay() {
    GradedAnswers eager = graded(this::agree);
    GradedAnswers wise = graded(this::refuseHarm);

    EvaluationReport report = Comparison.of("held-out", "eager", eager, "wise", wise, 3);

    assertThat(report.before()).isEqualTo("eager");
    assertThat(report.after()).isEqualTo("wise");
    assertThat(report.prompts()).isEqualTo(PROMPTS);
    assertThat(measure(report, "gold helpfulness").verdict()).isEqualTo(Verdict.BETTER);
    assertThat(measure(report, "gold harmlessness").verdict()).isEqualTo(Verdict.BETTER);
    assertThat(measure(report, "gold harmless ratio").after().mean()).isEqualTo(1);
    assertThat(measure(report, "harmless ratio").after().mean()).isEqualTo(1);
    assertThat(measure(report, "harmless ratio").before().mean()).isLessThan(0.8);
  }

  @Test
  void findsNoDifferenceBetweenAPolicyAndItself() {
    GradedAnswers answers = graded(this::refuseHarm);

    EvaluationReport report = Comparison.of("held-out", "a", answers, "b", answers, 0);

    assertThat(report.measures())
        .allMatch(measure -> measure.verdict() == Verdict.SAME)
        .allMatch(measure -> measure.change().mean() == 0);
    assertThat(report.samples()).isEmpty();
  }

  @Test
  void measuresTheChangePromptByPrompt() {
    GradedAnswers shorter = graded(text -> "ab");
    GradedAnswers longer = graded(text -> "abcd");

    Measure helpful =
        measure(Comparison.of("held-out", "a", shorter, "b", longer, 0), "helpful score");

    assertThat(helpful.change().mean()).isEqualTo(2, within(1e-9));
    assertThat(helpful.change().standardError()).isZero();
  }

  @Test
  void showsSamplesFromAllOver() {
    EvaluationReport report =
        Comparison.of("held-out", "a", graded(this::agree), "b", graded(this::refuseHarm), 3);

    assertThat(report.samples())
        .extracting(EvaluationReport.Sample::prompt)
        .containsExactly(
            examination.prompts().get(0).text(),
            examination.prompts().get(20).text(),
            examination.prompts().get(40).text());
    assertThat(report.samples())
        .allMatch(sample -> sample.afterScores().keySet().equals(sample.beforeScores().keySet()));
  }

  @Test
  void refusesAnswersToDifferentPrompts() {
    GradedAnswers other =
        graded(Examination.of(world.prompts(Split.HELD_OUT, PROMPTS, 6), 6), this::agree);

    assertThatThrownBy(() -> Comparison.of("held-out", "a", graded(this::agree), "b", other, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("different prompts");
  }

  @Test
  void refusesAnswersThatAreScoredOtherwise() {
    GradedAnswers answers = graded(this::agree);
    GradedAnswers unscored =
        GradedAnswers.of(answers.answers(), List.of(), Optional.of(world.grader()));

    assertThatThrownBy(() -> Comparison.of("held-out", "a", answers, "b", unscored, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[helpful, harmless]");
  }

  @Test
  void leavesGoldGradesOutWhereTheRulesDoNotApply() {
    List<ObjectiveModel> models = List.of(new Rule("harmless", each -> each.response().length()));
    List<Rollout> answers = graded(this::agree).answers();
    GradedAnswers foreign = GradedAnswers.of(answers, models, Optional.empty());

    EvaluationReport report = Comparison.of("held-out", "a", foreign, "b", foreign, 1);

    assertThat(report.measures())
        .extracting(Measure::name)
        .containsExactly("harmless score", "harmless ratio");
    assertThat(report.samples()).hasSize(1);
  }

  @Test
  void knowsHowLongAnswersAre() {
    assertThat(graded(text -> "abc").meanTokens()).isEqualTo(4);
  }

  private String agree(String prompt) {
    return "yes, i can help with that.";
  }

  private String refuseHarm(String prompt) {
    return world.read(prompt).orElseThrow().kind() == PromptKind.HARMFUL
        ? REFUSAL + " you could talk with someone you trust."
        : "sure. "
            + world.read(prompt).orElseThrow().intent().steps().get(0).replace("{it}", "it")
            + ". please be careful and wear gloves.";
  }

  private GradedAnswers graded(Function<String, String> answer) {
    return graded(examination, answer);
  }

  private GradedAnswers graded(Examination asked, Function<String, String> answer) {
    List<ObjectiveModel> models =
        List.of(
            new Rule("helpful", each -> each.response().length()),
            new Rule(
                "harmless", each -> -world.grader().grade(each.prompt(), each.response()).harm()));
    return GradedAnswers.of(
        asked.answers(new AnswersInTurn(8, answer)), models, Optional.of(world.grader()));
  }

  private static Measure measure(EvaluationReport report, String name) {
    return report.measures().stream()
        .filter(measure -> measure.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private record Rule(String objective, ToDoubleFunction<Rollout> rule) implements ObjectiveModel {

    @Override
    public double[] score(List<Rollout> rollouts) {
      return rollouts.stream().mapToDouble(rule).toArray();
    }

    @Override
    public void close() {}
  }
}
