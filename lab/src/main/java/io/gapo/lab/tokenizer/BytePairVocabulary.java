package io.gapo.lab.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.runtime.files.DurableFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tokens by id and the merges that make them: three special tokens, the 256 bytes, then one token a
 * merge. Written as Hugging Face's {@code tokenizer.json}.
 *
 * <p>The tokenizer adds no tokens of its own accord: templates say where a sequence begins and
 * ends.
 */
public final class BytePairVocabulary {

  /** Fills up batches of unequal lengths. */
  public static final String PADDING = "<pad>";

  /** Begins a sequence. */
  public static final String BEGIN = "<s>";

  /** Ends a sequence. */
  public static final String END = "</s>";

  public static final int PADDING_ID = 0;
  public static final int BEGIN_ID = 1;
  public static final int END_ID = 2;

  private static final List<String> SPECIAL = List.of(PADDING, BEGIN, END);
  private static final int BYTES = 256;

  /** Special tokens and bytes. */
  static final int LEAST_SIZE = BYTES + SPECIAL.size();

  private record Merge(String left, String right) {}

  private final List<String> tokens = new ArrayList<>(SPECIAL);
  private final List<Merge> merges = new ArrayList<>();
  private final int[] idOfByte = new int[BYTES];

  BytePairVocabulary() {
    // In the order of their characters, as Hugging Face's trainer numbers them.
    IntStream.range(0, BYTES)
        .boxed()
        .sorted((a, b) -> Character.compare(ByteAlphabet.character(a), ByteAlphabet.character(b)))
        .forEach(
            value -> {
              idOfByte[value] = tokens.size();
              tokens.add(String.valueOf(ByteAlphabet.character(value)));
            });
  }

  /** One token a byte. */
  int[] byteTokens(String text) {
    return IntStream.of(ByteAlphabet.bytes(text)).map(value -> idOfByte[value]).toArray();
  }

  /** Adds the token that joins two; returns its id. */
  int merge(int left, int right) {
    Merge merge = new Merge(tokens.get(left), tokens.get(right));
    merges.add(merge);
    tokens.add(merge.left() + merge.right());
    return tokens.size() - 1;
  }

  /** How many tokens there are. */
  public int size() {
    return tokens.size();
  }

  /** All tokens by id, bytes as GPT-2's characters. */
  public List<String> tokens() {
    return Collections.unmodifiableList(tokens);
  }

  /** Writes {@code tokenizer.json}, atomically. */
  public void write(Path tokenizerJson) {
    DurableFiles.replace(tokenizerJson, toJson().getBytes(StandardCharsets.UTF_8));
  }

  private String toJson() {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (int id = 0; id < SPECIAL.size(); id++) {
      added
          .addObject()
          .put("id", id)
          .put("content", SPECIAL.get(id))
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    root.putNull("normalizer");
    byteLevel(root.putObject("pre_tokenizer"), false);
    root.putNull("post_processor");
    byteLevel(root.putObject("decoder"), true);
    ObjectNode model = root.putObject("model");
    model.put("type", "BPE").putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode ids = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      ids.put(tokens.get(id), id);
    }
    ArrayNode pairs = model.putArray("merges");
    // No token holds a space: a space byte is written as another character.
    merges.forEach(merge -> pairs.add(merge.left() + " " + merge.right()));
    try {
      return json.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree of strings and numbers is always JSON", e);
    }
  }

  private static void byteLevel(ObjectNode node, boolean addPrefixSpace) {
    node.put("type", "ByteLevel")
        .put("add_prefix_space", addPrefixSpace)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }
}
