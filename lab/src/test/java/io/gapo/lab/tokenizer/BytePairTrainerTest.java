package io.gapo.lab.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BytePairTrainerTest {

  private static final List<String> CORPUS =
      List.of(
          "How do I bake bread? Mix flour, water and yeast; bake it for 40 minutes.",
          "How do I bake a cake? Mix flour, eggs and sugar; bake it for 30 minutes.",
          "I can't help with that, but I'll say how to stay safe.",
          "Größe, naïve café — déjà vu 🙂");

  private static @Nullable HuggingFaceTokenizer tokenizer;

  @BeforeAll
  static void loadATrainedTokenizer() throws IOException {
    tokenizer = load(new BytePairTrainer(400).train(CORPUS.stream()));
  }

  @AfterAll
  static void freeIt() {
    tokenizer().close();
  }

  @Test
  void mergesTheMostFrequentNeighborsFirst() {
    BytePairVocabulary vocabulary = new BytePairTrainer(262).train(Stream.of("ababab ab abc ca"));

    // "ab" occurs 5 times in all; then "abab" would need 2 and " ab" occurs twice.
    assertThat(vocabulary.tokens().subList(259, 261)).containsExactly("ab", "Ġab");
  }

  @Test
  void stopsWhenNoPairOccursTwice() {
    BytePairVocabulary vocabulary = new BytePairTrainer(1_000).train(Stream.of("abc abd"));

    assertThat(vocabulary.tokens()).endsWith("ab").hasSize(260);
  }

  @Test
  void doesNotDependOnTheOrderOfTheTexts() {
    List<String> reversed = new ArrayList<>(CORPUS);
    Collections.reverse(reversed);

    assertThat(new BytePairTrainer(350).train(reversed.stream()).tokens())
        .isEqualTo(new BytePairTrainer(350).train(CORPUS.stream()).tokens());
  }

  @Test
  void writesTheSameBytesForTheSameTexts() throws IOException {
    assertThat(written(new BytePairTrainer(350).train(CORPUS.stream())))
        .isEqualTo(written(new BytePairTrainer(350).train(CORPUS.stream())));
  }

  @Test
  void isReadByHuggingFacesTokenizerAsItWasLearned() {
    long[] ids = tokenizer().encode("How do I bake", false, false).getIds();

    assertThat(ids).hasSizeLessThan(8);
    assertThat(tokenizer().decode(ids)).isEqualTo("How do I bake");
  }

  @Test
  void givesSpecialTokensTheirIdsAndAddsNoneByItself() {
    assertThat(tokenizer().encode("<s>x</s><pad>", true, false).getIds())
        .startsWith(BytePairVocabulary.BEGIN_ID)
        .endsWith(BytePairVocabulary.END_ID, BytePairVocabulary.PADDING_ID)
        .hasSize(4);
    assertThat(tokenizer().encode("x", true, false).getIds()).hasSize(1);
    assertThat(tokenizer().decode(new long[] {1, 'x' - '!' + 3, 2}, true)).isEqualTo("x");
  }

  @Cases(500)
  void everyTextComesBackFromItsTokens(Draw draw) {
    String text = text(draw);
    long[] ids = tokenizer().encode(text, false, false).getIds();

    assertThat(tokenizer().decode(ids, false)).isEqualTo(text);
  }

  @Test
  void refusesAVocabularySmallerThanTheBytes() {
    assertThatThrownBy(() -> new BytePairTrainer(258))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(">= 259");
  }

  private static String text(Draw draw) {
    return switch (draw.between(0, 4)) {
      case 0 -> draw.oneOf(CORPUS);
      case 1 -> draw.oneOf("🙂🙃", "a\u0301", "\u2028\u2029", "   x  ", "\r\n\t");
      default -> draw.unicode(60);
    };
  }

  private static HuggingFaceTokenizer tokenizer() {
    return Objects.requireNonNull(tokenizer);
  }

  private static HuggingFaceTokenizer load(BytePairVocabulary vocabulary) throws IOException {
    Path file = Files.createTempFile("tokenizer", ".json");
    try {
      vocabulary.write(file);
      return HuggingFaceTokenizer.newInstance(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static byte[] written(BytePairVocabulary vocabulary) throws IOException {
    Path file = Files.createTempFile("tokenizer", ".json");
    try {
      vocabulary.write(file);
      return Files.readAllBytes(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
