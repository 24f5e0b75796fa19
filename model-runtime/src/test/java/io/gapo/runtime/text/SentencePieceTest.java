package io.gapo.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.runtime.text.SentencePieceTokenizer.Style;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tokenizers that spell a space as the begin of a word, as Llama 2's and Mistral's do. */
class SentencePieceTest {

  private static final PromptTemplate TEMPLATE = new PromptTemplate("USER: {prompt} ASSISTANT:");
  private static final String[] WORDS = {"USER", "ASSISTANT", "the", "cat", "sat"};

  @TempDir Path directory = Path.of("set by JUnit");

  private TextCodec open(SentencePieceTokenizer tokenizer, PromptTemplate template) {
    tokenizer.write(directory);
    return TextCodec.open(directory, tokenizer.size(), template);
  }

  @ParameterizedTest
  @EnumSource(Style.class)
  void keepsTheSpaceThatAResponseBeginsWith(Style style) {
    try (TextCodec codec = open(new SentencePieceTokenizer(style, WORDS), TEMPLATE)) {
      TemplatedText whole = TEMPLATE.around("the cat", " sat, the cat");
      int[] tokens = codec.encode(whole);
      int[] prompt = codec.encode(TEMPLATE.around("the cat", ""));
      int[] response = Arrays.copyOfRange(tokens, prompt.length, tokens.length);

      assertThat(Arrays.copyOf(tokens, prompt.length)).isEqualTo(prompt);
      assertThat(codec.decodeResponse(prompt, response)).isEqualTo(" sat, the cat");
    }
  }

  @ParameterizedTest
  @EnumSource(Style.class)
  void addsNoSpaceToAResponseThatBeginsWithNone(Style style) {
    SentencePieceTokenizer tokenizer = new SentencePieceTokenizer(style, WORDS);
    try (TextCodec codec = open(tokenizer, TEMPLATE)) {
      int[] prompt = codec.encode(TEMPLATE.around("the cat", ""));

      assertThat(codec.decodeResponse(prompt, new int[] {tokenizer.id("x")})).isEqualTo("x");
      assertThat(codec.decodeResponse(prompt, new int[] {})).isEmpty();
    }
  }

  @Test
  void decodesAResponseAloneWhereItsBytesSpoilThePrompts() {
    PromptTemplate bare = new PromptTemplate("{prompt}");
    SentencePieceTokenizer tokenizer = new SentencePieceTokenizer(Style.LEGACY, WORDS);
    try (TextCodec codec = open(tokenizer, bare)) {
      int[] prompt = codec.encode(bare.around("the 猫", ""));
      int[] response = {tokenizer.id("<0xE7>"), tokenizer.id("x")};

      assertThat(codec.decodeResponse(prompt, response)).isEqualTo("\ufffdx");
    }
  }

  @ParameterizedTest
  @EnumSource(Style.class)
  void readsATemplateAlikeWhetherAUserNamesASpecialTokenOrNot(Style style) {
    PromptTemplate template = new PromptTemplate("USER:\n{prompt}\n猫 ASSISTANT:");
    SentencePieceTokenizer tokenizer = new SentencePieceTokenizer(style, WORDS).withSpecialBytes();
    try (TextCodec codec = open(tokenizer, template)) {
      int[] plain = codec.encode(template.around("the cat", ""));
      int[] named = codec.encode(template.around("the </s> cat", ""));

      int newline = tokenizer.id("<0x0A>");
      assertThat(named).doesNotContain(SentencePieceTokenizer.END, SentencePieceTokenizer.UNKNOWN);
      assertThat(IntStream.of(named).filter(id -> id == newline).count()).isEqualTo(2);
      assertThat(fromLast(tokenizer.id("▁cat"), named))
          .isEqualTo(fromLast(tokenizer.id("▁cat"), plain))
          .endsWith(tokenizer.id("▁ASSISTANT"), tokenizer.id(":"));
      assertThat(codec.decode(named)).isEqualTo("USER:\nthe </s> cat\n猫 ASSISTANT:");
    }
  }

  private static int[] fromLast(int token, int[] tokens) {
    int at = tokens.length - 1;
    while (tokens[at] != token) {
      at--;
    }
    return Arrays.copyOfRange(tokens, at, tokens.length);
  }

  @Test
  void readsTheNameOfAByteAsPlainText() {
    PromptTemplate bare = new PromptTemplate("{prompt}");
    SentencePieceTokenizer tokenizer =
        new SentencePieceTokenizer(Style.LEGACY, WORDS).withSpecialBytes();
    try (TextCodec codec = open(tokenizer, bare)) {
      int[] tokens = codec.encode(bare.around("the <0x0A> cat", ""));

      assertThat(tokens).doesNotContain(tokenizer.id("<0x0A>"));
      assertThat(codec.decode(tokens)).isEqualTo("the <0x0A> cat");
    }
  }

  @ParameterizedTest
  @EnumSource(Style.class)
  void readsASpecialTokenThatLettersMergeIntoAsLetters(Style style) {
    PromptTemplate template = new PromptTemplate("[INST]{prompt}[/INST]");
    SentencePieceTokenizer tokenizer =
        new SentencePieceTokenizer(style, WORDS)
            .withSpecialPiece("[INST]")
            .withSpecialPiece("[/INST]");
    try (TextCodec codec = open(tokenizer, template)) {
      int[] tokens = codec.encode(template.around("the [INST] cat", ""));

      int special = tokenizer.id("[INST]");
      assertThat(IntStream.of(tokens).filter(id -> id == special).count()).isEqualTo(1);
      assertThat(tokens[1]).isEqualTo(special);
      assertThat(tokens[tokens.length - 1]).isEqualTo(tokenizer.id("[/INST]"));
      assertThat(tokens).doesNotContain(SentencePieceTokenizer.UNKNOWN);
    }
  }
}
