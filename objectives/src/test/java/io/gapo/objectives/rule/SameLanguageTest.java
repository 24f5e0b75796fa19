package io.gapo.objectives.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.objectives.Responses;
import java.util.List;
import org.junit.jupiter.api.Test;

class SameLanguageTest {

  /** What is the capital of France, and how do I get there from here, with its answer. */
  private static final List<List<String>> CONVERSATIONS =
      List.of(
          List.of(
              "What is the capital of France, and how do I get there from here?",
              "The capital of France is Paris. Take the train, it is faster than the bus."),
          List.of(
              "Was ist die Hauptstadt von Frankreich, und wie komme ich von hier dorthin?",
              "Die Hauptstadt von Frankreich ist Paris. Nimm den Zug, er ist schneller als der Bus."),
          List.of(
              "Quelle est la capitale de la France, et comment puis-je y aller d'ici ?",
              "La capitale de la France est Paris. Prenez le train, il est plus rapide que le bus."),
          List.of(
              "Какой город столица Франции, и как мне туда добраться отсюда?",
              "Столица Франции — Париж. Езжайте на поезде, он быстрее автобуса."),
          List.of("法国的首都是哪里？我怎么从这里去？", "法国的首都是巴黎。坐火车去吧，比坐公共汽车快。"));

  private final SameLanguage rule = new SameLanguage();

  @Test
  void isOneInThePromptsLanguageAndLessInAnyOther() {
    for (List<String> asked : CONVERSATIONS) {
      for (List<String> answered : CONVERSATIONS) {
        double score = rule.score(Responses.toPrompt(asked.get(0), answered.get(1)));

        if (asked == answered) {
          assertThat(score).as(answered.get(1)).isEqualTo(1);
        } else {
          assertThat(score).as(asked.get(0) + " " + answered.get(1)).isBetween(0.0, 0.8);
        }
      }
    }
  }

  @Test
  void isNearlyOneWhereTheTextFitsSeveralLanguages() {
    String asked = CONVERSATIONS.get(0).get(0);

    assertThat(rule.score(Responses.toPrompt(asked, "Paris!"))).isCloseTo(1, within(0.2));
  }

  @Test
  void isZeroForResponsesWithoutLetters() {
    String asked = CONVERSATIONS.get(0).get(0);

    assertThat(rule.score(Responses.toPrompt(asked, ""))).isZero();
    assertThat(rule.score(Responses.toPrompt(asked, "42 !"))).isZero();
  }

  @Test
  void knowsNoLanguageOfAPromptWithoutLetters() {
    assertThatThrownBy(() -> rule.score(Responses.toPrompt("1 + 1 = ?", "two")))
        .isInstanceOf(UnscorableException.class)
        .hasMessage("the prompt has no letters, and so no language");
  }
}
