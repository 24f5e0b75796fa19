package io.gapo.runtime.llama;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The first key of {@code config.json} in which two models differ, of those that change what a
 * model computes or where its answers end.
 *
 * @param first its value in the first, as text
 * @param second its value in the second, as text
 */
public record ConfigDifference(String key, String first, String second) {

  private static final Map<String, Function<LlamaConfig, Object>> KEYS = new LinkedHashMap<>();

  static {
    KEYS.put("model_type", config -> config.variant().family().modelType());
    KEYS.put("vocab_size", LlamaConfig::vocabulary);
    KEYS.put("hidden_size", LlamaConfig::hiddenSize);
    KEYS.put("intermediate_size", LlamaConfig::intermediateSize);
    KEYS.put("num_hidden_layers", LlamaConfig::layers);
    KEYS.put("num_attention_heads", LlamaConfig::heads);
    KEYS.put("num_key_value_heads", LlamaConfig::keyValueHeads);
    KEYS.put("head_dim", LlamaConfig::headSize);
    KEYS.put("rms_norm_eps", LlamaConfig::normEpsilon);
    KEYS.put("rope_theta", LlamaConfig::ropeTheta);
    KEYS.put("rope_scaling", config -> config.variant().ropeScaling());
    KEYS.put("tie_word_embeddings", LlamaConfig::tiedEmbeddings);
    KEYS.put("attention_bias", config -> config.variant().attentionBias());
    KEYS.put("mlp_bias", config -> config.variant().feedForwardBias());
    KEYS.put("sliding_window", config -> config.variant().slidingWindow());
    KEYS.put("max_position_embeddings", LlamaConfig::maxPositions);
    KEYS.put("bos_token_id", config -> config.specialTokens().begin());
    KEYS.put("eos_token_id", config -> config.specialTokens().end());
  }

  /** The first difference, or none if the models are of one architecture and vocabulary. */
  public static Optional<ConfigDifference> between(LlamaConfig first, LlamaConfig second) {
    for (Map.Entry<String, Function<LlamaConfig, Object>> each : KEYS.entrySet()) {
      Object one = each.getValue().apply(first);
      Object other = each.getValue().apply(second);
      if (!one.equals(other)) {
        return Optional.of(
            new ConfigDifference(each.getKey(), String.valueOf(one), String.valueOf(other)));
      }
    }
    return Optional.empty();
  }
}
