package io.gapo.runtime.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A model's tokenizer, from the {@code tokenizer.json} in its directory. Never truncates and never
 * pads.
 *
 * <p>Thread-safe.
 */
public final class TextCodec implements AutoCloseable {

  /** The file name in a model's directory. */
  public static final String FILE = "tokenizer.json";

  private static final boolean WITH_SPECIAL_TOKENS = true;
  private static final boolean SKIP_SPECIAL_TOKENS = true;
  private static final boolean WITHOUT_OVERFLOW = false;

  private final HuggingFaceTokenizer tokenizer;
  private final SpecialTokenGuard guard;

  private TextCodec(HuggingFaceTokenizer tokenizer, SpecialTokenGuard guard) {
    this.tokenizer = tokenizer;
    this.guard = guard;
  }

  /**
   * Opens the tokenizer of a model's directory.
   *
   * @throws UncheckedIOException if there is none
   * @throws IllegalArgumentException if it cannot be understood
   */
  public static TextCodec open(Path directory) {
    Path file = directory.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new UncheckedIOException(
          new IOException(file + " does not exist: is this a model's directory?"));
    }
    try {
      return new TextCodec(
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(file)
              .optAddSpecialTokens(true)
              .optTruncation(false)
              .optPadding(false)
              .build(),
          SpecialTokenGuard.read(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    } catch (RuntimeException e) {
      // The native tokenizer reports any flaw of the file as a bare RuntimeException.
      throw new IllegalArgumentException("cannot use %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** A text's tokens, with those that the tokenizer itself adds, such as one at the beginning. */
  public int[] encode(String text) {
    return ids(tokenizer.encode(text, WITH_SPECIAL_TOKENS, WITHOUT_OVERFLOW));
  }

  /**
   * A templated text's tokens, with those that the tokenizer itself adds. What looks like a special
   * token outside the template's own parts is plain text.
   */
  public int[] encode(TemplatedText text) {
    return guard.isNeeded(text) ? guard.encode(text) : encode(text.whole());
  }

  /** {@link #encode(TemplatedText)} of many texts, in parallel where nothing is to be guarded. */
  public List<int[]> encodeTemplated(List<TemplatedText> texts) {
    return texts.stream().anyMatch(guard::isNeeded)
        ? texts.stream().map(this::encode).toList()
        : encodeAll(texts.stream().map(TemplatedText::whole).toList());
  }

  /** {@link #encode} of many texts, in parallel. */
  public List<int[]> encodeAll(List<String> texts) {
    if (texts.isEmpty()) {
      return List.of();
    }
    Encoding[] encodings = tokenizer.batchEncode(texts, WITH_SPECIAL_TOKENS, WITHOUT_OVERFLOW);
    return Arrays.stream(encodings).map(TextCodec::ids).toList();
  }

  static int[] ids(Encoding encoding) {
    return Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
  }

  /** The text of tokens, special ones left out. */
  public String decode(int... tokens) {
    return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), SKIP_SPECIAL_TOKENS);
  }

  @Override
  public void close() {
    tokenizer.close();
    guard.close();
  }
}
