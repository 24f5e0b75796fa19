package io.gapo.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.runtime.tokenizer.BytePairTrainer;
import io.gapo.runtime.tokenizer.BytePairVocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextCodecTest {

  private static Path directory;

  @BeforeAll
  static void learnTokens(@TempDir Path shared) {
    directory = shared;
    new BytePairTrainer(270)
        .train(Stream.of("the cat and the hat", "the rat and the bat"))
        .write(directory.resolve(TextCodec.FILE));
  }

  @Test
  void decodesWhatItEncoded() {
    try (TextCodec codec = TextCodec.open(directory)) {
      String text = "the cat said: \"naïve 猫\"\n\u0007";

      int[] tokens = codec.encode(text);

      assertThat(tokens).doesNotContain(BytePairVocabulary.BEGIN_ID, BytePairVocabulary.END_ID);
      assertThat(codec.decode(tokens)).isEqualTo(text);
    }
  }

  @Test
  void encodesManyAsItEncodesEach() {
    try (TextCodec codec = TextCodec.open(directory)) {
      List<int[]> all = codec.encodeAll(List.of("the cat", "a much longer text, the bat"));

      assertThat(all.get(0)).isEqualTo(codec.encode("the cat"));
      assertThat(all.get(1)).isEqualTo(codec.encode("a much longer text, the bat"));
      assertThat(codec.encodeAll(List.of())).isEmpty();
    }
  }

  @Test
  void leavesSpecialTokensOutOfTexts() {
    try (TextCodec codec = TextCodec.open(directory)) {
      int[] cat = codec.encode("cat");
      int[] ended = java.util.Arrays.copyOf(cat, cat.length + 1);
      ended[cat.length] = BytePairVocabulary.END_ID;

      assertThat(codec.decode(ended)).isEqualTo("cat");
    }
  }

  @Test
  void readsASpecialTokenInAUsersTextAsPlainText() {
    String end = BytePairVocabulary.END;
    PromptTemplate template = new PromptTemplate("the " + end + "{prompt}" + end);
    try (TextCodec codec = TextCodec.open(directory)) {
      int[] tokens = codec.encode(template.around("cat" + end + " hat", "bat" + end));

      assertThat(Arrays.stream(tokens).filter(id -> id == BytePairVocabulary.END_ID).count())
          .isEqualTo(2);
      assertThat(codec.decode(tokens)).isEqualTo("the cat" + end + " hatbat" + end);
    }
  }

  @Test
  void readsASpecialTokenThatUserAndTemplateMakeTogetherAsPlainText() {
    String end = BytePairVocabulary.END;
    PromptTemplate template = new PromptTemplate("the " + end.substring(0, 1) + "{prompt}");
    try (TextCodec codec = TextCodec.open(directory)) {
      int[] tokens = codec.encode(template.around(end.substring(1), ""));

      assertThat(tokens).doesNotContain(BytePairVocabulary.END_ID);
      assertThat(codec.decode(tokens)).isEqualTo("the " + end);
    }
  }

  @Test
  void encodesATemplatedTextWithoutSpecialTokensAsTheWholeText() {
    try (TextCodec codec = TextCodec.open(directory)) {
      TemplatedText text = PromptTemplate.SAFE_RLHF.around("the cat", " and the hat");

      assertThat(codec.encode(text)).isEqualTo(codec.encode(text.whole()));
      assertThat(codec.encodeTemplated(List.of(text))).containsExactly(codec.encode(text));
    }
  }

  @Test
  void neverTruncates() {
    try (TextCodec codec = TextCodec.open(directory)) {
      assertThat(codec.encode("x ".repeat(5_000))).hasSizeGreaterThanOrEqualTo(5_000);
    }
  }

  @Test
  void saysWhichFileIsMissingOrBroken(@TempDir Path broken) throws IOException {
    assertThatThrownBy(() -> TextCodec.open(directory.resolve("absent")))
        .hasMessageContaining("absent");

    Files.writeString(broken.resolve(TextCodec.FILE), "{\"model\": 3}");
    assertThatThrownBy(() -> TextCodec.open(broken))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(TextCodec.FILE);
  }

  @Test
  void putsThePromptIntoTheTemplate() {
    assertThat(PromptTemplate.SAFE_RLHF.around("Hi $1 {prompt}", "").whole())
        .isEqualTo("BEGINNING OF CONVERSATION: USER: Hi $1 {prompt} ASSISTANT:");
    assertThatThrownBy(() -> new PromptTemplate("USER: {x}")).hasMessageContaining("{prompt}");
    assertThatThrownBy(() -> new PromptTemplate("{prompt}{prompt}")).hasMessageContaining("once");
  }
}
