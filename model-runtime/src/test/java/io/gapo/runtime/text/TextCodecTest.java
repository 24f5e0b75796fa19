package io.gapo.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextCodecTest {

  private static final int VOCABULARY = 270;
  private static final PromptTemplate PLAIN = new PromptTemplate("{prompt}");

  private static Path directory;

  @BeforeAll
  static void learnTokens(@TempDir Path shared) {
    directory = shared;
    TinyTokenizer.write(directory);
  }

  private static TextCodec open(Path model) {
    return TextCodec.open(model, VOCABULARY, PLAIN);
  }

  @Test
  void decodesWhatItEncoded() {
    try (TextCodec codec = open(directory)) {
      String text = "the cat said: \"naïve 猫\"\n\u0007";

      int[] tokens = codec.encode(text);

      assertThat(tokens).doesNotContain(TinyTokenizer.BEGIN_ID, TinyTokenizer.END_ID);
      assertThat(codec.decode(tokens)).isEqualTo(text);
    }
  }

  @Test
  void encodesManyAsItEncodesEach() {
    try (TextCodec codec = open(directory)) {
      List<int[]> all = codec.encodeAll(List.of("the cat", "a much longer text, the bat"));

      assertThat(all.get(0)).isEqualTo(codec.encode("the cat"));
      assertThat(all.get(1)).isEqualTo(codec.encode("a much longer text, the bat"));
      assertThat(codec.encodeAll(List.of())).isEmpty();
    }
  }

  @Test
  void leavesSpecialTokensOutOfTexts() {
    try (TextCodec codec = open(directory)) {
      int[] cat = codec.encode("cat");
      int[] ended = java.util.Arrays.copyOf(cat, cat.length + 1);
      ended[cat.length] = TinyTokenizer.END_ID;

      assertThat(codec.decode(ended)).isEqualTo("cat");
    }
  }

  @Test
  void readsASpecialTokenInAUsersTextAsPlainText() {
    String end = TinyTokenizer.END;
    PromptTemplate template = new PromptTemplate("the " + end + "{prompt}" + end);
    try (TextCodec codec = open(directory)) {
      int[] tokens = codec.encode(template.around("cat" + end + " hat", "bat" + end));

      assertThat(Arrays.stream(tokens).filter(id -> id == TinyTokenizer.END_ID).count())
          .isEqualTo(2);
      assertThat(codec.decode(tokens)).isEqualTo("the cat" + end + " hatbat" + end);
    }
  }

  @Test
  void readsASpecialTokenThatUserAndTemplateMakeTogetherAsPlainText() {
    String end = TinyTokenizer.END;
    PromptTemplate template = new PromptTemplate("the " + end.substring(0, 1) + "{prompt}");
    try (TextCodec codec = open(directory)) {
      int[] tokens = codec.encode(template.around(end.substring(1), ""));

      assertThat(tokens).doesNotContain(TinyTokenizer.END_ID);
      assertThat(codec.decode(tokens)).isEqualTo("the " + end);
    }
  }

  @Test
  void encodesATemplatedTextWithoutSpecialTokensAsTheWholeText() {
    try (TextCodec codec = open(directory)) {
      TemplatedText text = PromptTemplate.SAFE_RLHF.around("the cat", " and the hat");

      assertThat(codec.encode(text)).isEqualTo(codec.encode(text.whole()));
      assertThat(codec.encodeTemplated(List.of(text))).containsExactly(codec.encode(text));
    }
  }

  @Test
  void neverTruncates() {
    try (TextCodec codec = open(directory)) {
      assertThat(codec.encode("x ".repeat(5_000))).hasSizeGreaterThanOrEqualTo(5_000);
    }
  }

  @Test
  void saysWhichFileIsMissing() {
    assertThatThrownBy(() -> open(directory.resolve("absent")))
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("absent");
  }

  @Test
  void saysWhatStandsInTheFilesPlace(@TempDir Path broken) throws IOException {
    Path file = Files.createDirectory(broken.resolve(TextCodec.FILE));
    assertThatThrownBy(() -> open(broken))
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(FileSystemException.class)
        .hasMessageContainingAll(file.toString(), "is a directory");

    Files.delete(file);
    Files.createSymbolicLink(file, file);
    assertThatThrownBy(() -> open(broken))
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(FileSystemException.class)
        .hasMessageContaining(file.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"model\": 3}", "", "{}", "{", "[]", "null"})
  void saysWhichFileIsNoTokenizer(String json, @TempDir Path broken) throws IOException {
    Files.writeString(broken.resolve(TextCodec.FILE), json);

    assertThatThrownBy(() -> open(broken))
        .isInstanceOf(UnsupportedTokenizerException.class)
        .hasMessageStartingWith(broken.resolve(TextCodec.FILE).toString())
        .message()
        .doesNotContain("\n");
  }

  @Test
  void namesTheTokenThatTheModelDoesNotKnow() {
    int the;
    try (TextCodec codec = open(directory)) {
      the = codec.encode("the")[0];
    }
    try (TextCodec codec = TextCodec.open(directory, the, PLAIN)) {
      List<ThrowingCallable> encodings =
          List.of(
              () -> codec.encode("the cat"),
              () -> codec.encodeAll(List.of("", "the cat")),
              () -> codec.encode(PLAIN.around("the cat", "")),
              () -> codec.encode(PLAIN.around("the cat " + TinyTokenizer.END, "")));

      for (ThrowingCallable encoding : encodings) {
        assertThatThrownBy(encoding)
            .isInstanceOf(UnsupportedTokenizerException.class)
            .hasMessageContainingAll(
                directory.resolve(TextCodec.FILE).toString(),
                "token 'the' is " + the,
                "vocab_size in %s is %d".formatted(directory.resolve("config.json"), the));
      }
      assertThat(codec.encode("x")).hasSize(1);
    }
  }

  @Test
  void refusesATemplateWithATokenThatTheModelDoesNotKnow() {
    PromptTemplate template = new PromptTemplate(TinyTokenizer.END + "{prompt}");
    int end = TinyTokenizer.END_ID;

    assertThatThrownBy(() -> TextCodec.open(directory, end, template))
        .isInstanceOf(UnsupportedTokenizerException.class)
        .hasMessageContainingAll(
            "token '%s' is %d".formatted(TinyTokenizer.END, end), "vocab_size");
  }

  @Test
  void putsThePromptIntoTheTemplate() {
    assertThat(PromptTemplate.SAFE_RLHF.around("Hi $1 {prompt}", "").whole())
        .isEqualTo("BEGINNING OF CONVERSATION: USER: Hi $1 {prompt} ASSISTANT:");
    assertThatThrownBy(() -> new PromptTemplate("USER: {x}")).hasMessageContaining("{prompt}");
    assertThatThrownBy(() -> new PromptTemplate("{prompt}{prompt}")).hasMessageContaining("once");
  }
}
