package io.gapo.objectives.rule;

import static io.gapo.objectives.Responses.ofTokens;
import static io.gapo.objectives.Responses.saying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.rollout.FinishReason;
import org.junit.jupiter.api.Test;

class LengthRulesTest {

  @Test
  void concisenessPrefersShorterResponses() {
    Conciseness rule = new Conciseness(4);

    assertThat(rule.score(ofTokens(1, FinishReason.END_OF_SEQUENCE))).isEqualTo(1);
    assertThat(rule.score(ofTokens(5, FinishReason.END_OF_SEQUENCE))).isEqualTo(0);
    assertThat(rule.score(ofTokens(6, FinishReason.LENGTH))).isEqualTo(-0.5);
  }

  @Test
  void concisenessRefusesATargetOfNoTokens() {
    assertThatThrownBy(() -> new Conciseness(0)).hasMessageContaining("target-tokens");
  }

  @Test
  void aBandScoresOneWithinAndFallsOnBothSides() {
    LengthBand band = new LengthBand(LengthUnit.WORDS, 2, 4);

    assertThat(band.score(saying(""))).isEqualTo(0);
    assertThat(band.score(saying("one"))).isEqualTo(0.5);
    assertThat(band.score(saying("It's two."))).isEqualTo(1);
    assertThat(band.score(saying("four of them here"))).isEqualTo(1);
    assertThat(band.score(saying("there are five of them"))).isEqualTo(0.75);
    assertThat(band.score(saying("word ".repeat(100)))).isEqualTo(0);
  }

  @Test
  void aBandCountsTokensOrCharacters() {
    assertThat(
            new LengthBand(LengthUnit.TOKENS, 4, 4)
                .score(ofTokens(5, FinishReason.END_OF_SEQUENCE)))
        .isEqualTo(1);
    assertThat(new LengthBand(LengthUnit.CHARACTERS, 2, 2).score(saying("😀好"))).isEqualTo(1);
  }

  @Test
  void aBandRefusesAnUpperEndBelowTheLower() {
    assertThatThrownBy(() -> new LengthBand(LengthUnit.WORDS, 3, 2))
        .hasMessage("max must be at least 1 and at least min, was 2");
    assertThatThrownBy(() -> new LengthBand(LengthUnit.WORDS, -1, 2)).hasMessageContaining("min");
  }
}
