package io.gapo.runtime.llama;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.runtime.files.DurableFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Hugging Face's {@code config.json}, as transformers 4 and 5 write it for the Llama family.
 *
 * <p>Where a key is missing, transformers' default for the family holds.
 */
final class LlamaConfigJson {

  private static final int DEFAULT_POSITIONS = 2048;
  private static final double DEFAULT_EPSILON = 1e-6;
  private static final int DEFAULT_WINDOW = 4096;
  private static final String FULL_ATTENTION = "full_attention";
  private static final Set<String> LAYER_TYPES = Set.of(FULL_ATTENTION, "sliding_attention");

  private final ModelJson json;

  private LlamaConfigJson(ModelJson json) {
    this.json = json;
  }

  /**
   * Reads a configuration.
   *
   * @param generation adds to the tokens that end a response
   */
  static LlamaConfig read(ModelJson config, Optional<ModelJson> generation) {
    return new LlamaConfigJson(config).config(generation);
  }

  private LlamaConfig config(Optional<ModelJson> generation) {
    ModelFamily family = family();
    refuseWhatWouldBeMisread(family);
    int vocabulary = json.integer("vocab_size");
    if (vocabulary < 1) {
      throw json.refusal("vocab_size", "expected an integer >= 1");
    }
    int hiddenSize = json.integer("hidden_size");
    int heads = json.integer("num_attention_heads");
    RopeJson rope = new RopeJson(json);
    OptionalInt window = slidingWindow(family);
    int positions = json.integer("max_position_embeddings", DEFAULT_POSITIONS);
    try {
      return new LlamaConfig(
          vocabulary,
          hiddenSize,
          json.integer("intermediate_size"),
          json.integer("num_hidden_layers"),
          heads,
          json.integer("num_key_value_heads", heads),
          // Qwen 3's default is a constant, so no file of its kind leaves it out.
          family == ModelFamily.QWEN3
              ? json.integer("head_dim")
              : json.integer("head_dim", hiddenSize / Math.max(1, heads)),
          json.number("rms_norm_eps", DEFAULT_EPSILON),
          rope.theta(),
          json.flag("tie_word_embeddings"),
          Math.min(positions, window.orElse(Integer.MAX_VALUE)),
          SpecialTokensJson.read(json, generation, vocabulary),
          new LlamaVariant(
              family,
              json.flag("attention_bias") && family != ModelFamily.QWEN2,
              json.flag("mlp_bias"),
              window,
              rope.scaling(positions)));
    } catch (IllegalArgumentException e) {
      throw new UnsupportedModelException(json.file(), String.valueOf(e.getMessage()));
    }
  }

  private ModelFamily family() {
    String type = json.text("model_type", "missing");
    return ModelFamily.of(type)
        .orElseThrow(
            () ->
                new UnsupportedModelException(
                    json.file(),
                    "model_type is %s, expected %s"
                        .formatted(
                            type,
                            Arrays.stream(ModelFamily.values())
                                .map(ModelFamily::modelType)
                                .collect(Collectors.joining(", ")))));
  }

  private void refuseWhatWouldBeMisread(ModelFamily family) {
    refuseUnless("hidden_act", json.text("hidden_act", "silu").equals("silu"));
    // transformers' Mistral knows no biases, and only its Llama has them in the feed-forward
    // layers.
    refuseUnless("attention_bias", family != ModelFamily.MISTRAL || !json.flag("attention_bias"));
    refuseUnless("mlp_bias", family == ModelFamily.LLAMA || !json.flag("mlp_bias"));
    refuseUnless("partial_rotary_factor", json.number("partial_rotary_factor", 1) == 1);
    refuseUnless("quantization_config", !json.has("quantization_config"));
    if (json.has("layer_types") && !json.value("layer_types").isArray()) {
      throw json.refusal("layer_types", "expected a list");
    }
    for (JsonNode type : json.value("layer_types")) {
      refuseUnless("layer_types", LAYER_TYPES.contains(type.asText()));
    }
  }

  private void refuseUnless(String key, boolean supported) {
    if (!supported) {
      throw json.refusal(key, "which is not supported");
    }
  }

  /** The window of any of its layers. */
  private OptionalInt slidingWindow(ModelFamily family) {
    boolean used = json.flag("use_sliding_window");
    return switch (family) {
      case LLAMA -> OptionalInt.empty();
      case MISTRAL ->
          json.value("sliding_window").isNull()
              ? OptionalInt.empty()
              : OptionalInt.of(json.integer("sliding_window", DEFAULT_WINDOW));
      case QWEN2, QWEN3 ->
          used && slidesSomewhere()
              ? OptionalInt.of(json.integer("sliding_window", DEFAULT_WINDOW))
              : OptionalInt.empty();
    };
  }

  private boolean slidesSomewhere() {
    if (json.value("sliding_window").isNull()) {
      return false;
    }
    if (!json.has("layer_types")) {
      return json.integer("max_window_layers", 0) < json.integer("num_hidden_layers");
    }
    for (JsonNode type : json.value("layer_types")) {
      if (!type.asText().equals(FULL_ATTENTION)) {
        return true;
      }
    }
    return false;
  }

  private static void writeWindow(LlamaVariant variant, ObjectNode json) {
    OptionalInt window = variant.slidingWindow();
    switch (variant.family()) {
      case LLAMA -> {}
      case MISTRAL -> {
        if (window.isPresent()) {
          json.put("sliding_window", window.getAsInt());
        } else {
          json.putNull("sliding_window");
        }
      }
      case QWEN2, QWEN3 -> {
        json.put("use_sliding_window", window.isPresent());
        window.ifPresent(tokens -> json.put("sliding_window", tokens).put("max_window_layers", 0));
      }
    }
  }

  static void write(LlamaConfig config, Path file) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode();
    LlamaVariant variant = config.variant();
    json.putArray("architectures").add(variant.family().architecture());
    json.put("model_type", variant.family().modelType());
    json.put("vocab_size", config.vocabulary());
    json.put("hidden_size", config.hiddenSize());
    json.put("intermediate_size", config.intermediateSize());
    json.put("num_hidden_layers", config.layers());
    json.put("num_attention_heads", config.heads());
    json.put("num_key_value_heads", config.keyValueHeads());
    json.put("head_dim", config.headSize());
    json.put("hidden_act", "silu");
    json.put("rms_norm_eps", config.normEpsilon());
    RopeJson.write(config.ropeTheta(), variant.ropeScaling(), json);
    if (variant.attentionBias()) {
      json.put("attention_bias", true);
    }
    if (variant.feedForwardBias()) {
      json.put("mlp_bias", true);
    }
    writeWindow(variant, json);
    json.put("tie_word_embeddings", config.tiedEmbeddings());
    json.put("max_position_embeddings", config.maxPositions());
    SpecialTokens tokens = config.specialTokens();
    tokens.begin().ifPresent(token -> json.put("bos_token_id", token));
    if (tokens.end().size() == 1) {
      json.put("eos_token_id", tokens.end().get(0));
    } else if (!tokens.end().isEmpty()) {
      tokens.end().forEach(json.putArray("eos_token_id")::add);
    }
    tokens.padding().ifPresent(token -> json.put("pad_token_id", token));
    try {
      DurableFiles.replace(file, mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    } catch (JsonProcessingException e) {
      throw new AssertionError("an object node is always writable", e);
    }
  }
}
