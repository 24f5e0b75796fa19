package io.gapo.lab.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

class BytePairTrainerTest {

  private static final List<String> CORPUS =
      List.of(
          "How do I bake bread? Mix flour, water and yeast; bake it for 40 minutes.",
          "How do I bake a cake? Mix flour, eggs and sugar; bake it for 30 minutes.",
          "I can't help with that, but I'll say how to stay safe.",
          "Größe, naïve café — déjà vu 🙂");

  private static @Nullable HuggingFaceTokenizer tokenizer;

  @BeforeContainer
  static void loadATrainedTokenizer() throws IOException {
    tokenizer = load(new BytePairTrainer(400).train(CORPUS.stream()));
  }

  @AfterContainer
  static void freeIt() {
    tokenizer().close();
  }

  @Example
  void mergesTheMostFrequentNeighborsFirst() {
    BytePairVocabulary vocabulary = new BytePairTrainer(262).train(Stream.of("ababab ab abc ca"));

    // "ab" occurs 5 times in all; then "abab" would need 2 and " ab" occurs twice.
    assertThat(vocabulary.tokens().subList(259, 261)).containsExactly("ab", "Ġab");
  }

  @Example
  void stopsWhenNoPairOccursTwice() {
    BytePairVocabulary vocabulary = new BytePairTrainer(1_000).train(Stream.of("abc abd"));

    assertThat(vocabulary.tokens()).endsWith("ab").hasSize(260);
  }

  @Example
  void doesNotDependOnTheOrderOfTheTexts() {
    List<String> reversed = new ArrayList<>(CORPUS);
    Collections.reverse(reversed);

    assertThat(new BytePairTrainer(350).train(reversed.stream()).tokens())
        .isEqualTo(new BytePairTrainer(350).train(CORPUS.stream()).tokens());
  }

  @Example
  void writesTheSameBytesForTheSameTexts() throws IOException {
    assertThat(written(new BytePairTrainer(350).train(CORPUS.stream())))
        .isEqualTo(written(new BytePairTrainer(350).train(CORPUS.stream())));
  }

  @Example
  void isReadByHuggingFacesTokenizerAsItWasLearned() {
    long[] ids = tokenizer().encode("How do I bake", false, false).getIds();

    assertThat(ids).hasSizeLessThan(8);
    assertThat(tokenizer().decode(ids)).isEqualTo("How do I bake");
  }

  @Example
  void givesSpecialTokensTheirIdsAndAddsNoneByItself() {
    assertThat(tokenizer().encode("<s>x</s><pad>", true, false).getIds())
        .startsWith(BytePairVocabulary.BEGIN_ID)
        .endsWith(BytePairVocabulary.END_ID, BytePairVocabulary.PADDING_ID)
        .hasSize(4);
    assertThat(tokenizer().encode("x", true, false).getIds()).hasSize(1);
    assertThat(tokenizer().decode(new long[] {1, 'x' - '!' + 3, 2}, true)).isEqualTo("x");
  }

  @Property(tries = 500)
  void everyTextComesBackFromItsTokens(@ForAll("texts") String text) {
    long[] ids = tokenizer().encode(text, false, false).getIds();

    assertThat(tokenizer().decode(ids, false)).isEqualTo(text);
  }

  @Example
  void refusesAVocabularySmallerThanTheBytes() {
    assertThatThrownBy(() -> new BytePairTrainer(258))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(">= 259");
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.strings().all().ofMaxLength(60).filter(BytePairTrainerTest::isUnicode),
        Arbitraries.strings().ascii().ofMaxLength(60),
        Arbitraries.strings().withCharRange('\u00a0', '\u05ff').ofMaxLength(60),
        Arbitraries.of(CORPUS),
        Arbitraries.of("🙂🙃", "a\u0301", "\u2028\u2029", "   x  ", "\r\n\t"));
  }

  private static boolean isUnicode(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
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
