package io.gapo.runtime.llama;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The special tokens that {@code config.json} and {@code generation_config.json} name. */
final class SpecialTokensJson {

  private static final String BEGIN = "bos_token_id";
  private static final String END = "eos_token_id";
  private static final String PADDING = "pad_token_id";

  private SpecialTokensJson() {}

  /**
   * Reads the special tokens; the ends of {@code config.json} come first, and a padding token of
   * {@code generation_config.json} counts where {@code config.json} names none.
   *
   * @param vocabulary V, which every token is below
   */
  static SpecialTokens read(ModelJson config, Optional<ModelJson> generation, int vocabulary) {
    Set<Integer> ends = new LinkedHashSet<>(tokens(config, END, vocabulary));
    generation.ifPresent(json -> ends.addAll(tokens(json, END, vocabulary)));
    OptionalInt padding = padding(config, vocabulary);
    if (padding.isEmpty() && generation.isPresent()) {
      padding = padding(generation.get(), vocabulary);
    }
    return new SpecialTokens(token(config, BEGIN, vocabulary), List.copyOf(ends), padding);
  }

  /** Nothing is ever padded with it: old Llama checkpoints say -1, others the first too many. */
  private static OptionalInt padding(ModelJson json, int vocabulary) {
    JsonNode padding = json.value(PADDING);
    boolean named = !padding.isInt() || (padding.asInt() >= 0 && padding.asInt() < vocabulary);
    return named ? token(json, PADDING, vocabulary) : OptionalInt.empty();
  }

  private static OptionalInt token(ModelJson json, String key, int vocabulary) {
    return json.has(key)
        ? OptionalInt.of(token(json, key, json.value(key), vocabulary))
        : OptionalInt.empty();
  }

  /** One or a list. */
  private static List<Integer> tokens(ModelJson json, String key, int vocabulary) {
    JsonNode value = json.value(key);
    if (value.isArray()) {
      return value.valueStream().map(each -> token(json, key, each, vocabulary)).toList();
    }
    return token(json, key, vocabulary).stream().boxed().toList();
  }

  private static int token(ModelJson json, String key, JsonNode value, int vocabulary) {
    if (!value.isInt() || value.asInt() < 0 || value.asInt() >= vocabulary) {
      throw json.refusal(
          key,
          "expected tokens as integers from 0 to %s: vocab_size in %s is %s"
              .formatted(vocabulary - 1L, LlamaConfig.FILE, vocabulary));
    }
    return value.asInt();
  }
}
