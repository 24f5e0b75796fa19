package io.gapo.runtime.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.gapo.runtime.files.ForeignFile;
import io.gapo.runtime.llama.LlamaConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

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
  private static final boolean WITHOUT_SPECIAL_TOKENS = false;
  private static final boolean SKIP_SPECIAL_TOKENS = true;
  private static final boolean KEEP_SPECIAL_TOKENS = false;
  private static final boolean WITHOUT_OVERFLOW = false;

  /** Ten times what the largest tokenizers need. */
  private static final int MAX_BYTES = 500_000_000;

  private final Path file;
  private final int vocabulary;
  private final HuggingFaceTokenizer tokenizer;
  private final TokenizerJson json;
  private final PromptFormat format;
  private final SpecialTokenGuard guard;

  /** The user's template around nothing, without and with a preference; none of a model's own. */
  private final List<TemplatedText> empty = new ArrayList<>();

  private TextCodec(
      Path file,
      int vocabulary,
      HuggingFaceTokenizer tokenizer,
      TokenizerJson json,
      PromptFormat format) {
    this.file = file;
    this.vocabulary = vocabulary;
    this.tokenizer = tokenizer;
    this.json = json;
    this.format = format;
    this.guard = new SpecialTokenGuard(json);
  }

  /**
   * Opens the tokenizer of a model's directory.
   *
   * @param vocabulary V of the model; the tokenizer may have more tokens, but a text with one of
   *     them cannot be encoded
   * @param template of the texts to come
   * @throws UncheckedIOException if there is none
   * @throws UnsupportedTokenizerException if it cannot be understood, or the template cannot be
   *     encoded
   * @throws UnsupportedTemplateException if the tokenizer adds a token that the template has
   */
  public static TextCodec open(Path directory, int vocabulary, PromptTemplate template) {
    return open(directory, vocabulary, Optional.of(template), PreferenceText.NONE);
  }

  /**
   * {@link #open(Path, int, PromptTemplate)} for texts that carry preferences, too, and for models
   * with a chat template of their own.
   *
   * @param template empty for the model's own
   * @throws UnsupportedTemplateException if the model has none or it cannot be used, too
   */
  public static TextCodec open(
      Path directory,
      int vocabulary,
      Optional<PromptTemplate> template,
      PreferenceText preferences) {
    Path file = directory.resolve(FILE);
    TokenizerJson json = read(file);
    PromptFormat format = template.isPresent() ? template.get() : ownFormat(directory, json);
    TextCodec codec = open(file, vocabulary, json, format);
    boolean fits = false;
    try {
      if (format instanceof PromptTemplate plain) {
        codec.empty.add(plain.around("", ""));
        preferences.example(plain).ifPresent(codec.empty::add);
        codec.empty.forEach(codec::requireOneBegin);
      }
      fits = true;
      return codec;
    } finally {
      if (!fits) {
        codec.close();
      }
    }
  }

  private static PromptFormat ownFormat(Path directory, TokenizerJson json) {
    return ChatFormat.of(directory, json.specialTokens())
        .orElseThrow(
            () ->
                new UnsupportedTemplateException(
                    directory,
                    "the model has no chat template, neither chat_template.jinja nor chat_template"
                        + " in tokenizer_config.json: set gapo.sampling.template to what it reads"
                        + " around a prompt, with {prompt} in its place"));
  }

  /** How the model reads conversations. */
  public PromptFormat format() {
    return format;
  }

  /**
   * What the author of the template may not mean, as far as a file tells: a line each, for a
   * warning.
   */
  public List<String> doubts() {
    return empty.stream()
        .flatMap(template -> TemplateCheck.doubts(template, json).stream())
        .distinct()
        .map(doubt -> "In the template as %s reads it, %s".formatted(file, doubt))
        .toList();
  }

  private void requireOneBegin(TemplatedText template) {
    OptionalInt doubled = TemplateCheck.doubledBegin(encode(template), withoutAdded(template));
    if (doubled.isPresent()) {
      throw new UnsupportedTemplateException(
          file,
          "the tokenizer begins every text with '%s', and the template '%s' brings another:"
                  .formatted(text(doubled.getAsInt()), template.whole())
              + " leave it out of the template, or, if another model of the run needs it there, out"
              + " of this file's post_processor");
    }
  }

  /** The token that the tokenizer itself adds behind every text, if it does. */
  public OptionalInt addedEnd() {
    TemplatedText probe = TemplatedText.of("a", "", "", "");
    int[] plain = withoutAdded(probe);
    int[] complete = encode(probe);
    boolean added =
        plain.length > 0
            && complete.length > plain.length
            && complete[complete.length - 1] != plain[plain.length - 1];
    return added ? OptionalInt.of(complete[complete.length - 1]) : OptionalInt.empty();
  }

  private int[] withoutAdded(TemplatedText text) {
    return ids(tokenizer.encode(text.whole(), WITHOUT_SPECIAL_TOKENS, WITHOUT_OVERFLOW));
  }

  private static TokenizerJson read(Path file) {
    try {
      return TokenizerJson.of(ForeignFile.read(file, MAX_BYTES));
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException(file + " does not exist: is this a model's directory?", e);
    } catch (JsonProcessingException e) {
      throw new UnsupportedTokenizerException(file, "not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static TextCodec open(
      Path file, int vocabulary, TokenizerJson json, PromptFormat format) {
    try {
      return new TextCodec(file, vocabulary, json.open(), json, format);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    } catch (RuntimeException e) {
      // The native tokenizer reports any flaw of the file as a bare RuntimeException.
      throw new UnsupportedTokenizerException(
          file, "not a tokenizer that can be used: " + firstLine(e), e);
    }
  }

  private static String firstLine(RuntimeException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  /**
   * A text's tokens, with those that the tokenizer itself adds, such as one at the beginning.
   *
   * @throws UnsupportedTokenizerException if the model does not know one of them
   */
  public int[] encode(String text) {
    return known(ids(tokenizer.encode(text, WITH_SPECIAL_TOKENS, WITHOUT_OVERFLOW)));
  }

  /**
   * A templated text's tokens, with those that the tokenizer itself adds. What looks like a special
   * token outside the template's own parts is plain text.
   */
  public int[] encode(TemplatedText text) {
    if (guard.isNeeded(text)) {
      return known(guard.encode(text));
    }
    return known(ids(tokenizer.encode(text.whole(), !text.isComplete(), WITHOUT_OVERFLOW)));
  }

  /**
   * Where a templated text has the names of special tokens that are plain text all the same: what a
   * user or a policy wrote. In order, none within another.
   */
  public List<TemplatedText.Stretch> plainNames(TemplatedText text) {
    return guard.plain(text);
  }

  /** {@link #encode(TemplatedText)} of many texts, in parallel where nothing is to be guarded. */
  public List<int[]> encodeTemplated(List<TemplatedText> texts) {
    long complete = texts.stream().filter(TemplatedText::isComplete).count();
    boolean alike = complete == 0 || complete == texts.size();
    return !alike || texts.stream().anyMatch(guard::isNeeded)
        ? texts.stream().map(this::encode).toList()
        : encodeAll(texts.stream().map(TemplatedText::whole).toList(), complete == 0);
  }

  /** {@link #encode} of many texts, in parallel. */
  public List<int[]> encodeAll(List<String> texts) {
    return encodeAll(texts, WITH_SPECIAL_TOKENS);
  }

  private List<int[]> encodeAll(List<String> texts, boolean withSpecialTokens) {
    if (texts.isEmpty()) {
      return List.of();
    }
    Encoding[] encodings = tokenizer.batchEncode(texts, withSpecialTokens, WITHOUT_OVERFLOW);
    return Arrays.stream(encodings).map(TextCodec::ids).map(this::known).toList();
  }

  /** Beyond the embedding there is nothing to look up. */
  private int[] known(int[] tokens) {
    for (int token : tokens) {
      if (token >= vocabulary) {
        throw new UnsupportedTokenizerException(
            file,
            "token '%s' is %s, but vocab_size in %s is %s"
                    .formatted(
                        text(token), token, file.resolveSibling(LlamaConfig.FILE), vocabulary)
                + ": take both files from one model, or keep the token out of templates and texts");
      }
    }
    return tokens;
  }

  /** Of one token, special or not. */
  private String text(int token) {
    return tokenizer.decode(new long[] {token}, KEEP_SPECIAL_TOKENS);
  }

  static int[] ids(Encoding encoding) {
    return Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
  }

  /** The text of tokens, special ones left out. */
  public String decode(int... tokens) {
    return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), SKIP_SPECIAL_TOKENS);
  }

  /**
   * What the tokens of a response add to the text of their prompt. Alone they do not say it: where
   * a token spells the space before its word, decoding leaves that of the first token out.
   */
  public String decodeResponse(int[] prompt, int[] response) {
    int[] whole = Arrays.copyOf(prompt, prompt.length + response.length);
    System.arraycopy(response, 0, whole, prompt.length, response.length);
    String before = decode(prompt);
    String text = decode(whole);
    // Bytes that make no character may spoil those of the prompt that they follow.
    return text.startsWith(before) ? text.substring(before.length()) : decode(response);
  }

  @Override
  public void close() {
    tokenizer.close();
    guard.close();
  }
}
