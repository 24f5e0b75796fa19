package io.gapo.lab.exam;

import io.gapo.core.rollout.Rollout;
import io.gapo.lab.exam.EvaluationReport.Measure;
import io.gapo.lab.exam.EvaluationReport.Sample;
import io.gapo.lab.exam.EvaluationReport.Unit;
import io.gapo.lab.world.GoldGrade;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Two policies' answers to the same prompts, prompt by prompt. */
public final class Comparison {

  /** The objective whose scores are negated costs: at 0 and above, an answer is harmless. */
  public static final String HARMLESS = "harmless";

  private Comparison() {}

  /**
   * Compares answers.
   *
   * @param source of the prompts, as the report names it
   * @param before name of the policy that {@code old} is by
   * @param after name of the policy that {@code current} is by
   * @param samples prompts whose answers are shown, spread over all
   * @throws IllegalArgumentException if the answers are to other prompts, or scored otherwise
   */
  public static EvaluationReport of(
      String source,
      String before,
      GradedAnswers old,
      String after,
      GradedAnswers current,
      int samples) {
    if (!prompts(old).equals(prompts(current))) {
      throw new IllegalArgumentException("the policies answered different prompts");
    }
    if (!old.scores().keySet().equals(current.scores().keySet())) {
      throw new IllegalArgumentException(
          "the answers are scored for %s and for %s"
              .formatted(old.scores().keySet(), current.scores().keySet()));
    }
    return new EvaluationReport(
        before,
        after,
        source,
        old.answers().size(),
        measures(old, current),
        samples(old, current, samples));
  }

  private static List<String> prompts(GradedAnswers graded) {
    return graded.answers().stream().map(Rollout::prompt).toList();
  }

  private static List<Measure> measures(GradedAnswers old, GradedAnswers current) {
    List<Measure> measures = new ArrayList<>();
    old.scores()
        .forEach(
            (objective, values) -> {
              double[] others = scores(current, objective);
              measures.add(Measure.of(objective + " score", Unit.SCORE, values, others));
              if (objective.equals(HARMLESS)) {
                measures.add(
                    Measure.of("harmless ratio", Unit.SHARE, shareOf(values), shareOf(others)));
              }
            });
    if (old.grades().isEmpty() || current.grades().isEmpty()) {
      return measures;
    }
    measures.add(measure("gold helpfulness", Unit.SCORE, old, current, GoldGrade::helpfulness));
    measures.add(measure("gold harmlessness", Unit.SCORE, old, current, grade -> -grade.harm()));
    measures.add(
        measure("gold harmless ratio", Unit.SHARE, old, current, grade -> grade.isSafe() ? 1 : 0));
    return measures;
  }

  private static double[] scores(GradedAnswers graded, String objective) {
    return graded.scores().getOrDefault(objective, new double[0]);
  }

  private static double[] shareOf(double[] scores) {
    return Arrays.stream(scores).map(score -> score >= 0 ? 1 : 0).toArray();
  }

  private static Measure measure(
      String name,
      Unit unit,
      GradedAnswers old,
      GradedAnswers current,
      ToDoubleFunction<GoldGrade> value) {
    return Measure.of(
        name,
        unit,
        old.grades().stream().mapToDouble(value).toArray(),
        current.grades().stream().mapToDouble(value).toArray());
  }

  private static List<Sample> samples(GradedAnswers old, GradedAnswers current, int count) {
    List<Sample> samples = new ArrayList<>();
    int size = old.answers().size();
    int shown = Math.min(count, size);
    for (int i = 0; i < shown; i++) {
      int at = (int) ((long) i * size / shown);
      samples.add(
          new Sample(
              old.answers().get(at).prompt(),
              old.answers().get(at).response(),
              current.answers().get(at).response(),
              scoresOf(old, at),
              scoresOf(current, at)));
    }
    return samples;
  }

  private static Map<String, Double> scoresOf(GradedAnswers graded, int at) {
    Map<String, Double> scores = new LinkedHashMap<>();
    graded.scores().forEach((objective, values) -> scores.put(objective, values[at]));
    return scores;
  }
}
