package io.gapo.runtime.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A {@code tokenizer.json}, in which the tokens of single bytes are ordinary ones.
 *
 * <p>Byte fallback spells a character that has no token of its own by tokens such as {@code
 * <0x0A>}. Some files mark these as special: then decoding would leave the characters out, and a
 * text that merely names one would be read as the byte. Here the mark is dropped; byte fallback
 * looks them up in the vocabulary.
 */
final class TokenizerJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Pattern BYTE = Pattern.compile("<0x[0-9A-Fa-f]{2}>");

  /** Neither cut nor padded. */
  private static final Map<String, String> WHOLE =
      Map.of("addSpecialTokens", "true", "truncation", "false", "padding", "false");

  /** The file; its tree is many times larger, so it is made when it is needed. */
  private final byte[] content;

  /** Text of each added token to whether it is special. */
  private final Map<String, Boolean> addedTokens;

  private TokenizerJson(byte[] content, Map<String, Boolean> addedTokens) {
    this.content = content;
    this.addedTokens = addedTokens;
  }

  /**
   * Reads a file's content.
   *
   * @throws IOException if it is not JSON
   */
  static TokenizerJson of(byte[] file) throws IOException {
    JsonNode tree = JSON.readTree(file);
    byte[] content = dropSpecialBytes(tree) ? JSON.writeValueAsBytes(tree) : file;
    Map<String, Boolean> addedTokens = new LinkedHashMap<>();
    for (JsonNode token : tree.path("added_tokens")) {
      String text = token.path("content").asText();
      if (!text.isEmpty()) {
        addedTokens.merge(text, isSpecial(token), Boolean::logicalOr);
      }
    }
    return new TokenizerJson(content, addedTokens);
  }

  private static boolean dropSpecialBytes(JsonNode tree) {
    if (!(tree.path("added_tokens") instanceof ArrayNode added)) {
      return false;
    }
    Set<String> pieces = bytePieces(tree.path("model").path("vocab"));
    int before = added.size();
    added.removeIf(token -> isSpecial(token) && pieces.contains(token.path("content").asText()));
    return added.size() < before;
  }

  private static boolean isSpecial(JsonNode token) {
    return token.path("special").asBoolean();
  }

  /** Of a mapping of pieces to ids, or, for unigrams, a list of pieces with their scores. */
  private static Set<String> bytePieces(JsonNode vocabulary) {
    Set<String> pieces = new TreeSet<>();
    vocabulary.fieldNames().forEachRemaining(pieces::add);
    vocabulary.forEach(entry -> pieces.add(entry.path(0).asText()));
    pieces.removeIf(piece -> !BYTE.matcher(piece).matches());
    return pieces;
  }

  /** The tokens that mean something of their own and that no letters make. */
  List<String> specialTokens() {
    return addedTokens.keySet().stream()
        .filter(token -> Boolean.TRUE.equals(addedTokens.get(token)))
        .toList();
  }

  /** Whether a word is found in texts as a whole. */
  boolean hasToken(String word) {
    return addedTokens.containsKey(word);
  }

  /** A tree to change and to make another tokenizer of. */
  JsonNode tree() throws IOException {
    return JSON.readTree(content);
  }

  /**
   * Opens the tokenizer; it neither truncates nor pads.
   *
   * @throws RuntimeException if it is none, as the native tokenizer reports it
   */
  HuggingFaceTokenizer open() throws IOException {
    return open(content);
  }

  /** {@link #open()} of a tree that was changed. */
  static HuggingFaceTokenizer open(JsonNode tree) throws IOException {
    return open(JSON.writeValueAsBytes(tree));
  }

  private static HuggingFaceTokenizer open(byte[] content) throws IOException {
    return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(content), WHOLE);
  }
}
