package io.gapo.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.runtime.text.SentencePieceTokenizer.Style;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates that a model would read otherwise than their author means them. */
class TemplateCheckTest {

  @TempDir Path directory = Path.of("set by JUnit");

  private TextCodec open(SentencePieceTokenizer tokenizer, String template) {
    return open(tokenizer, template, PreferenceText.NONE);
  }

  private TextCodec open(
      SentencePieceTokenizer tokenizer, String template, PreferenceText preferences) {
    tokenizer.write(directory);
    return TextCodec.open(
        directory, tokenizer.size(), Optional.of(new PromptTemplate(template)), preferences);
  }

  @ParameterizedTest
  @EnumSource(Style.class)
  void refusesATemplateThatBringsTheBeginWhichTheTokenizerAdds(Style style) {
    assertThatThrownBy(() -> open(new SentencePieceTokenizer(style), "<s>[INST] {prompt} [/INST]"))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessageContainingAll(
            directory.resolve("tokenizer.json").toString(),
            "begins every text with '<s>'",
            "'<s>[INST]  [/INST]' brings another",
            "leave it out of the template",
            "post_processor");
  }

  @Test
  void refusesAPreferenceThatBringsTheBegin() {
    PreferenceText preferences =
        new PreferenceText(List.of("helpful"), "<s>{preference} {prompt}", Optional.empty(), false);

    assertThatThrownBy(
            () -> open(new SentencePieceTokenizer(Style.LEGACY), "{prompt}:", preferences))
        .isInstanceOf(UnsupportedTemplateException.class)
        .hasMessageContaining("<s>helpful");
  }

  @Test
  void takesABeginThatTheTokenizerDoesNotAdd() {
    SentencePieceTokenizer tokenizer = new SentencePieceTokenizer(Style.LEGACY).notBeginningTexts();
    try (TextCodec codec = open(tokenizer, "<s>[INST] {prompt} [/INST]")) {
      int[] tokens = codec.encode(new PromptTemplate("<s>{prompt}").around("x", ""));

      assertThat(tokens).startsWith(SentencePieceTokenizer.BEGIN);
      assertThat(codec.doubts()).isEmpty();
    }
  }

  @Test
  void takesATemplateThatBeginsWithAWordTwice() {
    SentencePieceTokenizer tokenizer =
        new SentencePieceTokenizer(Style.LEGACY).notBeginningTexts().endingTexts();

    open(tokenizer, "<s><s>x {prompt}").close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"<|im_start|>", "<|eot_id|>", "<｜User｜>", "<start_of_turn>", "<bos>", "<pad>"})
  void doubtsASpecialTokenThatTheTokenizerDoesNotKnow(String word) {
    PreferenceText preferences =
        new PreferenceText(List.of("helpful"), "{preference} {prompt}", Optional.empty(), false);
    SentencePieceTokenizer tokenizer = new SentencePieceTokenizer(Style.LEGACY);

    try (TextCodec codec = open(tokenizer, word + "user: {prompt}" + word, preferences)) {
      assertThat(codec.doubts())
          .singleElement()
          .asString()
          .contains(
              directory.resolve("tokenizer.json").toString(), "'%s' is no token".formatted(word));
    }
  }

  @Test
  void doubtsNoWordsThatAreTokensOrPlainText() {
    SentencePieceTokenizer tokenizer =
        new SentencePieceTokenizer(Style.LEGACY).withSpecialPiece("<|im_start|>");

    try (TextCodec codec =
        open(tokenizer, "[INST]<|im_start|><think> <<SYS>> a < b > {prompt} </s>")) {
      assertThat(codec.doubts()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\n", "\\t", "\\r"})
  void doubtsAnEscapeThatIsTwoCharacters(String escape) {
    try (TextCodec codec =
        open(new SentencePieceTokenizer(Style.LEGACY), "USER:" + escape + "{prompt}")) {
      assertThat(codec.doubts())
          .singleElement()
          .asString()
          .contains("'%s' is a backslash and a letter".formatted(escape), "double quotes");
    }
  }
}
