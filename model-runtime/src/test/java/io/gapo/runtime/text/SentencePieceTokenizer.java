package io.gapo.runtime.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Writes a small tokenizer as Llama 2's and Mistral's are: byte pairs over words that begin with ▁,
 * bytes for what has no piece, {@code <s>} before every text, and a first space that decoding
 * strips.
 */
public final class SentencePieceTokenizer {

  public static final int UNKNOWN = 0;
  public static final int BEGIN = 1;
  public static final int END = 2;

  private static final String SPACE = "▁";
  private static final String LETTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?'\"/()[]{}<>|_-\\";

  /** In how many ways today's files write the first space. */
  public enum Style {
    /** A normalizer that prepends, a decoder that strips: transformers 4. */
    LEGACY,
    /** A pre-tokenizer and decoder of kind Metaspace: transformers 5. */
    METASPACE
  }

  private final ObjectMapper mapper = new ObjectMapper();
  private final Style style;
  private final Map<String, Integer> vocabulary = new LinkedHashMap<>();
  private final Set<List<String>> merges = new LinkedHashSet<>();
  private final List<String> special = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
  private boolean begins = true;
  private boolean ends;

  /**
   * A tokenizer with these words.
   *
   * @param words pieces of their own behind a space, such as {@code the}
   */
  public SentencePieceTokenizer(Style style, String... words) {
    this.style = style;
    special.forEach(this::add);
    for (int value = 0; value < 256; value++) {
      add(byteToken(value));
    }
    add(SPACE);
    LETTERS.chars().forEach(letter -> add(Character.toString(letter)));
    Arrays.stream(words).forEach(word -> merge(SPACE + word));
  }

  private static String byteToken(int value) {
    return "<0x%02X>".formatted(value);
  }

  private void add(String piece) {
    vocabulary.putIfAbsent(piece, vocabulary.size());
  }

  /** Letter by letter, from the left. */
  private void merge(String piece) {
    for (int end = 2; end <= piece.length(); end++) {
      merges.add(List.of(piece.substring(0, end - 1), piece.substring(end - 1, end)));
      add(piece.substring(0, end));
    }
  }

  /** Marks the tokens of single bytes as special, as some files do. */
  public SentencePieceTokenizer withSpecialBytes() {
    for (int value = 0; value < 256; value++) {
      special.add(byteToken(value));
    }
    return this;
  }

  /** A special token that letters merge into as well. */
  public SentencePieceTokenizer withSpecialPiece(String piece) {
    merge(piece);
    special.add(piece);
    return this;
  }

  /** Adds {@code </s>} behind every text. */
  public SentencePieceTokenizer endingTexts() {
    ends = true;
    return this;
  }

  /** Adds no {@code <s>} before a text. */
  public SentencePieceTokenizer notBeginningTexts() {
    begins = false;
    return this;
  }

  /** V. */
  public int size() {
    return vocabulary.size();
  }

  /** The id of a piece. */
  public int id(String piece) {
    return Objects.requireNonNull(vocabulary.get(piece), piece);
  }

  /** The piece with an id. */
  public String piece(int id) {
    return List.copyOf(vocabulary.keySet()).get(id);
  }

  /** Writes the file into a model's directory. */
  public void write(Path directory) {
    ObjectNode json = mapper.createObjectNode().put("version", "1.0");
    ArrayNode added = json.putArray("added_tokens");
    for (String token : special) {
      added
          .addObject()
          .put("id", id(token))
          .put("content", token)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    try {
      switch (style) {
        case LEGACY -> {
          json.set(
              "normalizer",
              parse(
                  """
              {"type": "Sequence", "normalizers": [
                {"type": "Prepend", "prepend": "▁"},
                {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}
              """));
          json.set(
              "decoder",
              parse(
                  """
              {"type": "Sequence", "decoders": [
                {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                {"type": "ByteFallback"}, {"type": "Fuse"},
                {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
              """));
        }
        case METASPACE -> {
          json.set(
              "pre_tokenizer",
              parse(
                  """
              {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false}
              """));
          json.set(
              "decoder",
              parse(
                  """
              {"type": "Sequence", "decoders": [
                {"type": "ByteFallback"},
                {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first",
                 "split": false}]}
              """));
        }
      }
      json.set("post_processor", postProcessor());
      ObjectNode model = json.putObject("model");
      model.put("type", "BPE").put("unk_token", "<unk>").put("fuse_unk", true);
      model.put("byte_fallback", true);
      ObjectNode ids = model.putObject("vocab");
      vocabulary.forEach(ids::put);
      ArrayNode pairs = model.putArray("merges");
      merges.forEach(pair -> pairs.addArray().add(pair.get(0)).add(pair.get(1)));
      Files.writeString(directory.resolve(TextCodec.FILE), json.toPrettyString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode postProcessor() throws IOException {
    ObjectNode json =
        (ObjectNode)
            parse(
                """
                {"type": "TemplateProcessing", "pair": [], "special_tokens": {
                  "<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]},
                  "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}}
                """);
    ArrayNode single = json.putArray("single");
    if (begins) {
      single.addObject().putObject("SpecialToken").put("id", "<s>").put("type_id", 0);
    }
    single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
    if (ends) {
      single.addObject().putObject("SpecialToken").put("id", "</s>").put("type_id", 0);
    }
    return json;
  }

  private JsonNode parse(String json) throws IOException {
    return mapper.readTree(json);
  }
}
