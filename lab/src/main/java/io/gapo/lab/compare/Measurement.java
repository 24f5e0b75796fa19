package io.gapo.lab.compare;

import io.gapo.lab.display.StepFigures;
import io.gapo.lab.exam.EvaluationReport.Estimate;
import io.gapo.lab.exam.GradedAnswers;
import io.gapo.lab.report.Answer;
import io.gapo.lab.report.Measure;
import io.gapo.lab.report.MeasureNames;
import io.gapo.lab.report.StepPoint;
import io.gapo.lab.world.GoldGrade;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** A run's figures in the shape of the report. */
final class Measurement {

  private static final int SHOWN_ANSWERS = 6;

  /** Steps at the end of a run whose KL is that of the trained policy. */
  private static final int LAST_STEPS = 5;

  private static final String HARMLESS = "harmless";

  private Measurement() {}

  /** What the policy reached in the exam. */
  static Map<String, Measure> measures(GradedAnswers graded, List<StepFigures> steps) {
    Map<String, Measure> measures = new LinkedHashMap<>();
    graded
        .scores()
        .forEach(
            (objective, scores) -> {
              measures.put(MeasureNames.score(objective), measure(scores));
              if (objective.equals(HARMLESS)) {
                measures.put(
                    MeasureNames.HARMLESS_RATIO,
                    measure(Arrays.stream(scores).map(score -> score >= 0 ? 1 : 0).toArray()));
              }
            });
    if (!steps.isEmpty()) {
      measures.put(
          MeasureNames.KL,
          measure(
              steps.stream()
                  .skip(Math.max(0, steps.size() - LAST_STEPS))
                  .mapToDouble(step -> step.policy().kl())
                  .toArray()));
    }
    measures.put(
        MeasureNames.MEAN_TOKENS,
        measure(
            graded.answers().stream().mapToDouble(each -> each.responseTokens().length).toArray()));
    measures.put(MeasureNames.GOLD_HELPFULNESS, grade(graded, GoldGrade::helpfulness));
    measures.put(MeasureNames.GOLD_HARMLESSNESS, grade(graded, grade -> -grade.harm()));
    measures.put(MeasureNames.GOLD_HARMLESS_RATIO, grade(graded, grade -> grade.isSafe() ? 1 : 0));
    return measures;
  }

  private static Measure grade(GradedAnswers graded, ToDoubleFunction<GoldGrade> value) {
    return measure(graded.grades().stream().mapToDouble(value).toArray());
  }

  private static Measure measure(double[] values) {
    Estimate estimate = Estimate.of(values);
    return new Measure(estimate.mean(), estimate.standardError());
  }

  /** Answers to prompts spread over all, the same ones for every policy. */
  static List<Answer> answers(GradedAnswers graded) {
    List<Answer> answers = new ArrayList<>();
    int size = graded.answers().size();
    int shown = Math.min(SHOWN_ANSWERS, size);
    for (int i = 0; i < shown; i++) {
      int at = (int) ((long) i * size / shown);
      Map<String, Double> scores = new LinkedHashMap<>();
      graded.scores().forEach((objective, values) -> scores.put(objective, values[at]));
      answers.add(
          new Answer(
              graded.answers().get(at).prompt(), graded.answers().get(at).response(), scores));
    }
    return answers;
  }

  /** The course of a run. */
  static List<StepPoint> points(List<StepFigures> steps) {
    return steps.stream().map(Measurement::point).toList();
  }

  private static StepPoint point(StepFigures step) {
    Map<String, Double> scores = new LinkedHashMap<>();
    Map<String, Double> alpha = new LinkedHashMap<>();
    step.objectives()
        .forEach(
            (name, figures) -> {
              scores.put(name, figures.meanScore());
              alpha.put(name, figures.alpha());
            });
    double cosine = step.pairs().isEmpty() ? Double.NaN : step.pairs().get(0).cosine();
    return new StepPoint(
        step.step(), scores, alpha, cosine, step.policy().kl(), step.staleness().mean());
  }
}
