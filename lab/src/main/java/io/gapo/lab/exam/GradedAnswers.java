package io.gapo.lab.exam;

import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.rollout.Rollout;
import io.gapo.lab.world.GoldGrade;
import io.gapo.lab.world.GoldGrader;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A policy's answers to prompts of the world, with what models and rules make of them.
 *
 * @param answers one a prompt
 * @param scores one an answer, by objective, higher is better
 * @param grades one an answer, or none at all if the world's rules do not apply
 */
public record GradedAnswers(
    List<Rollout> answers, Map<String, double[]> scores, List<GoldGrade> grades) {

  public GradedAnswers {
    answers = List.copyOf(answers);
    scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
    grades = List.copyOf(grades);
    if (!grades.isEmpty() && grades.size() != answers.size()) {
      throw new IllegalArgumentException(
          "%s grades for %s answers".formatted(grades.size(), answers.size()));
    }
  }

  /** Scores answers with every objective's model and grades them if there is a grader. */
  public static GradedAnswers of(
      List<Rollout> answers, List<? extends ObjectiveModel> models, Optional<GoldGrader> grader) {
    Map<String, double[]> scores = new LinkedHashMap<>();
    for (ObjectiveModel model : models) {
      scores.put(model.objective(), model.score(answers));
    }
    List<GoldGrade> grades =
        grader.stream()
            .flatMap(
                rules -> answers.stream().map(each -> rules.grade(each.prompt(), each.response())))
            .toList();
    return new GradedAnswers(answers, scores, grades);
  }

  /** Mean length of an answer, in tokens, that which ends it included. */
  public double meanTokens() {
    return answers.stream().mapToInt(each -> each.responseTokens().length).average().orElse(0);
  }
}
