package io.gapo.objectives.rule;

import static io.gapo.objectives.Responses.saying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.List;
import org.junit.jupiter.api.Test;

class LanguageRulesTest {

  @Test
  void repetitionIsTheShareOfNewNGrams() {
    Repetition rule = new Repetition(2);

    assertThat(rule.score(saying("a b c d"))).isEqualTo(1);
    assertThat(rule.score(saying("a b a b a"))).isEqualTo(0.5);
    assertThat(rule.score(saying("word"))).isEqualTo(1);
    assertThat(rule.score(saying("na ".repeat(101)))).isEqualTo(0.01);
  }

  @Test
  void requiredWordsCountForAndForbiddenOnesAgainst() {
    WordChoice rule = new WordChoice(List.of("thank you", "Paris"), List.of("sorry"));

    assertThat(rule.score(saying("Thank you! Paris it is."))).isEqualTo(1);
    assertThat(rule.score(saying("Thank you, sorry."))).isEqualTo(-0.5);
    assertThat(rule.score(saying("parish, thank your"))).isEqualTo(0);
  }

  @Test
  void aWordChoiceNeedsWords() {
    assertThatThrownBy(() -> new WordChoice(List.of(), List.of()))
        .hasMessageContaining("required must be at least one word");
    assertThatThrownBy(() -> new WordChoice(List.of(), List.of("!?")))
        .hasMessageContaining("forbidden must be words");
  }

  @Test
  void sentimentCountsPositiveAgainstNegativeWords() {
    Sentiment rule = new Sentiment();

    assertThat(rule.score(saying("A wonderful, happy day."))).isEqualTo(1);
    assertThat(rule.score(saying("A terrible day."))).isEqualTo(-1);
    assertThat(rule.score(saying("A great plan with an awful end."))).isEqualTo(0);
    assertThat(rule.score(saying("That is not a good idea."))).isEqualTo(-1);
    assertThat(rule.score(saying("It isn’t bad."))).isEqualTo(1);
    assertThat(rule.score(saying("The table has four legs."))).isEqualTo(0);
  }

  @Test
  void readingEaseIsFleschs() {
    ReadingEase rule = new ReadingEase();

    // 6 words, 1 sentence, 7 syllables: 206.835 - 6.09 - 98.7
    assertThat(rule.score(saying("The cat sat on the table."))).isCloseTo(1, within(0.02));
    // 4 words, 1 sentence, 19 syllables by groups of vowels: below 0
    assertThat(rule.score(saying("Institutional considerations necessitate deliberation.")))
        .isEqualTo(0);
    // 9 words, 2 sentences, 13 syllables: 206.835 - 1.015 * 4.5 - 84.6 * 13 / 9
    assertThat(rule.score(saying("Water boils at 99.5 degrees. Look at the number.")))
        .isCloseTo((206.835 - 1.015 * 5 - 84.6 * 13 / 10) / 100, within(0.02));
    assertThat(rule.score(saying("…"))).isEqualTo(0);
  }

  @Cases
  void everyRuleStaysInItsRangeWhateverTheResponse(Draw draw) {
    String response = text(draw);

    assertThat(new Repetition(3).score(saying(response))).isBetween(0.0, 1.0);
    assertThat(new ReadingEase().score(saying(response))).isBetween(0.0, 1.0);
    assertThat(new Sentiment().score(saying(response))).isBetween(-1.0, 1.0);
    assertThat(new LengthBand(LengthUnit.WORDS, 3, 5).score(saying(response))).isBetween(0.0, 1.0);
    assertThat(new WordChoice(List.of("a"), List.of("b")).score(saying(response)))
        .isBetween(-1.0, 1.0);
  }

  private static String text(Draw draw) {
    String alphabet = "aby'’ .!?\n9,é好😀\u0301\u0000";
    StringBuilder text = new StringBuilder();
    int length = draw.between(0, 60);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(draw.between(0, alphabet.length() - 1)));
    }
    return text.toString();
  }
}
