package io.gapo.runtime.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a user or a policy wrote from being read as special tokens.
 *
 * <p>The tokenizer finds special tokens wherever they stand in a text, and DJL has no switch
 * against it. So texts in which they stand where they must not go through a second tokenizer, the
 * same but for the special tokens' names: nobody can guess those, and only the template's parts are
 * rewritten to them. Ids, merges and everything else are the first one's. Thread-safe.
 */
final class SpecialTokenGuard implements AutoCloseable {

  /** Neither cut nor padded. */
  private static final Map<String, String> WHOLE =
      Map.of("addSpecialTokens", "true", "truncation", "false", "padding", "false");

  /** The tokenizer's file; its tree is many times larger, so it is made when it is needed. */
  private final byte[] file;

  /** Special token to its secret name; longer tokens first, as one may be part of another. */
  private final Map<String, String> secretNames = new LinkedHashMap<>();

  private @Nullable HuggingFaceTokenizer renamed;

  private SpecialTokenGuard(byte[] file) throws IOException {
    this.file = file;
    byte[] nonce = new byte[16];
    new SecureRandom().nextBytes(nonce);
    String secret = HexFormat.of().formatHex(nonce);
    List<String> tokens = new ArrayList<>();
    for (JsonNode token : new ObjectMapper().readTree(file).path("added_tokens")) {
      String content = token.path("content").asText();
      if (token.path("special").asBoolean() && !content.isEmpty()) {
        tokens.add(content);
      }
    }
    tokens.sort(Comparator.comparingInt(String::length).reversed());
    for (String token : tokens) {
      // Private-use characters at both ends, so that no name is the beginning of another.
      secretNames.put(token, "\ue000%s-%d\ue001".formatted(secret, secretNames.size()));
    }
  }

  /** For the tokenizer of a file with these bytes. */
  static SpecialTokenGuard of(byte[] file) throws IOException {
    return new SpecialTokenGuard(file);
  }

  /** Whether a special token stands anywhere but within the template's parts. */
  boolean isNeeded(TemplatedText text) {
    String whole = text.whole();
    return secretNames.keySet().stream()
        .anyMatch(
            token ->
                count(whole, token) > count(text.before(), token) + count(text.after(), token));
  }

  private static int count(String text, String token) {
    int count = 0;
    for (int at = text.indexOf(token); at >= 0; at = text.indexOf(token, at + 1)) {
      count++;
    }
    return count;
  }

  /** The tokens, with those that the tokenizer itself adds. */
  int[] encode(TemplatedText text) {
    String guarded =
        withSecretNames(text.before())
            + text.prompt()
            + withSecretNames(text.after())
            + text.response();
    return TextCodec.ids(tokenizer().encode(guarded, true, false));
  }

  private String withSecretNames(String part) {
    String result = part;
    for (Map.Entry<String, String> name : secretNames.entrySet()) {
      result = result.replace(name.getKey(), name.getValue());
    }
    return result;
  }

  private synchronized HuggingFaceTokenizer tokenizer() {
    if (renamed == null) {
      try {
        byte[] bytes = new ObjectMapper().writeValueAsBytes(renamedJson());
        renamed = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(bytes), WHOLE);
      } catch (IOException e) {
        throw new IllegalStateException("cannot rename the tokenizer's special tokens", e);
      }
    }
    return renamed;
  }

  private JsonNode renamedJson() throws IOException {
    JsonNode copy = new ObjectMapper().readTree(file);
    for (JsonNode token : copy.path("added_tokens")) {
      @Nullable String name = secretNames.get(token.path("content").asText());
      if (name != null && token instanceof ObjectNode node) {
        node.put("content", name);
      }
    }
    if (copy.path("model") instanceof ObjectNode model) {
      renameVocabulary(model);
      @Nullable String unknown = secretNames.get(model.path("unk_token").asText());
      if (unknown != null) {
        model.put("unk_token", unknown);
      }
    }
    return copy;
  }

  /** A mapping of tokens to ids, or, for unigrams, a list of tokens with their scores. */
  private void renameVocabulary(ObjectNode model) {
    JsonNode vocabulary = model.path("vocab");
    if (vocabulary instanceof ObjectNode ids) {
      secretNames.forEach(
          (token, name) -> {
            @Nullable JsonNode id = ids.remove(token);
            if (id != null) {
              ids.set(name, id);
            }
          });
    } else {
      for (JsonNode entry : vocabulary) {
        @Nullable String name = secretNames.get(entry.path(0).asText());
        if (name != null && entry instanceof ArrayNode pair) {
          pair.set(0, pair.textNode(name));
        }
      }
    }
  }

  @Override
  public synchronized void close() {
    if (renamed != null) {
      renamed.close();
    }
  }
}
