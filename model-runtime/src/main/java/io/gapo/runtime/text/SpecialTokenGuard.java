package io.gapo.runtime.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.runtime.text.TemplatedText.Stretch;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

  private final TokenizerJson json;

  /** Special token to its secret name; longer tokens first, as one may be part of another. */
  private final Map<String, String> secretNames = new LinkedHashMap<>();

  private @Nullable HuggingFaceTokenizer renamed;

  /**
   * @param json of the tokenizer
   */
  SpecialTokenGuard(TokenizerJson json) {
    this.json = json;
    byte[] nonce = new byte[16];
    new SecureRandom().nextBytes(nonce);
    String secret = HexFormat.of().formatHex(nonce);
    json.specialTokens().stream()
        .sorted(Comparator.comparingInt(String::length).reversed())
        // Private-use characters at both ends, so that no name is the beginning of another.
        .forEach(
            token ->
                secretNames.put(token, "\ue000%s-%s\ue001".formatted(secret, secretNames.size())));
  }

  /** Whether a special token stands anywhere but within the template's parts. */
  boolean isNeeded(TemplatedText text) {
    String whole = text.whole();
    return secretNames.keySet().stream()
        .anyMatch(token -> plain(text, whole, token).findAny().isPresent());
  }

  /**
   * Where the names of special tokens stand that are plain text, since the template did not bring
   * them: in order, none within another.
   */
  List<Stretch> plain(TemplatedText text) {
    String whole = text.whole();
    List<Stretch> found =
        secretNames.keySet().stream()
            .flatMap(token -> plain(text, whole, token))
            .sorted(
                Comparator.comparingInt(Stretch::from)
                    .thenComparing(Stretch::to, Comparator.reverseOrder()))
            .toList();
    List<Stretch> apart = new ArrayList<>();
    int end = 0;
    for (Stretch each : found) {
      if (each.from() >= end) {
        apart.add(each);
        end = each.to();
      }
    }
    return apart;
  }

  private static Stream<Stretch> plain(TemplatedText text, String whole, String token) {
    return IntStream.iterate(
            whole.indexOf(token), at -> at >= 0, at -> whole.indexOf(token, at + 1))
        .mapToObj(at -> new Stretch(at, at + token.length()))
        .filter(stretch -> !text.isTrusted(stretch));
  }

  /** The tokens, with those that the tokenizer itself adds. */
  int[] encode(TemplatedText text) {
    StringBuilder guarded = new StringBuilder();
    for (TemplatedText.Part part : text.parts()) {
      guarded.append(part.isTrusted() ? withSecretNames(part.text()) : part.text());
    }
    return TextCodec.ids(tokenizer().encode(guarded.toString(), !text.isComplete(), false));
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
        renamed = TokenizerJson.open(renamedJson());
      } catch (IOException e) {
        throw new IllegalStateException("cannot rename the tokenizer's special tokens", e);
      }
    }
    return renamed;
  }

  private JsonNode renamedJson() throws IOException {
    JsonNode copy = json.tree();
    for (JsonNode token : copy.path("added_tokens")) {
      @Nullable String name = secretNames.get(token.path("content").asText());
      if (name != null && token instanceof ObjectNode node) {
        node.put("content", name);
      }
    }
    if (copy.path("model") instanceof ObjectNode model) {
      renameVocabulary(model);
      dropMergesOfRenamed(model);
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

  /** Letters must not merge into a special token, under whichever name. */
  private void dropMergesOfRenamed(ObjectNode model) {
    if (model.path("merges") instanceof ArrayNode merges) {
      merges.removeIf(
          merge -> {
            // A pair, or in older files a text with a space between.
            String[] pair =
                merge.isArray()
                    ? new String[] {merge.path(0).asText(), merge.path(1).asText()}
                    : merge.asText().split(" ", 2);
            return Stream.of(pair[0], pair[pair.length - 1], String.join("", pair))
                .anyMatch(secretNames::containsKey);
          });
    }
  }

  @Override
  public synchronized void close() {
    if (renamed != null) {
      renamed.close();
    }
  }
}
