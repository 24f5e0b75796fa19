package io.gapo.runtime.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.SpecialTokens;
import io.gapo.runtime.llama.TinyModel;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.text.SentencePieceTokenizer;
import io.gapo.runtime.text.SentencePieceTokenizer.Style;
import io.gapo.runtime.text.UnsupportedTemplateException;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which token's score counts; {@link ScoreParityTest} holds it against transformers. */
class ScorePositionTest {

  private static final int END = 2;
  private static final OptionalInt NOTHING = OptionalInt.empty();
  private static final OptionalInt END_ITSELF = OptionalInt.of(END);

  @TempDir Path directory = Path.of("set by JUnit");

  @Test
  void skipsTheEndThatPadsForAClassifierOnly() {
    assertThat(score("score.weight", END_ITSELF, "the cat"))
        .isNotEqualTo(score("score.weight", NOTHING, "the cat"));
    assertThat(score("score_head.weight", END_ITSELF, "the cat"))
        .isEqualTo(score("score_head.weight", NOTHING, "the cat"));
  }

  @Test
  void readsTheFirstTokenOfATextOfNothingButPadding() {
    assertThat(score("score.weight", END_ITSELF, "")).isEqualTo(score("score.weight", NOTHING, ""));
  }

  private double score(String head, OptionalInt padding, String text) {
    SpecialTokens tokens = new SpecialTokens(OptionalInt.of(1), List.of(END), padding);
    TinyModel.write(directory, TinyModel.config(tokens), OutputLayer.NONE, 21, ones(head));
    return score(new PromptTemplate("{prompt}"), text);
  }

  private static NamedTensor ones(String name) {
    float[] ones = new float[TinyModel.HIDDEN_SIZE];
    Arrays.fill(ones, 1);
    return TensorValues.tensor(name, new long[] {1, ones.length}, ones);
  }

  private double score(PromptTemplate template, String text) {
    ScorerSettings settings = new ScorerSettings(template, false, 16_384);
    try (TorchObjectiveModel model =
        TorchObjectiveModel.open("helpful", directory, settings, TorchSettings.cpu(1))) {
      return model.score(List.of(TorchObjectiveModelTest.rollout(0, text, "")))[0];
    }
  }

  @Test
  void endsATextOnceWhereTheTokenizerEndsItToo() {
    SentencePieceTokenizer tokenizer = new SentencePieceTokenizer(Style.LEGACY);
    double once = score(tokenizer, "{prompt}");

    assertThat(score(tokenizer.endingTexts(), "{prompt}")).isEqualTo(once);
  }

  @Test
  void isNotOpenedWithATemplateThatBringsASecondBegin() {
    assertThatThrownBy(() -> score(new SentencePieceTokenizer(Style.LEGACY), "<s>{prompt}"))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessageContaining("<s>");
  }

  private double score(SentencePieceTokenizer tokenizer, String template) {
    TinyModel.write(
        directory,
        TinyModel.config(
            tokenizer.size(), new SpecialTokens(OptionalInt.of(1), List.of(END), NOTHING)),
        OutputLayer.NONE,
        21,
        ones("score.weight"));
    tokenizer.write(directory);
    return score(new PromptTemplate(template), "the cat");
  }
}
