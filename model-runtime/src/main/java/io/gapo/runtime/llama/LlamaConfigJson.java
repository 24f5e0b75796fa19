package io.gapo.runtime.llama;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.runtime.files.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  private final Path file;
  private final JsonNode json;

  private LlamaConfigJson(Path file, JsonNode json) {
    this.file = file;
    this.json = json;
  }

  static LlamaConfig read(Path file) {
    try {
      JsonNode json = new ObjectMapper().readTree(Files.readAllBytes(file));
      if (json == null || !json.isObject()) {
        throw new UnsupportedModelException(file, "expected a JSON object");
      }
      return new LlamaConfigJson(file, json).config();
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException(file + " does not exist: is this a model's directory?", e);
    } catch (JsonProcessingException e) {
      throw new UnsupportedModelException(file, "not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private LlamaConfig config() {
    ModelFamily family = family();
    refuseWhatWouldBeMisread(family);
    int hiddenSize = integer("hidden_size");
    int heads = integer("num_attention_heads");
    RopeJson rope = new RopeJson(file, json);
    OptionalInt window = slidingWindow(family);
    int positions = integer("max_position_embeddings", DEFAULT_POSITIONS);
    try {
      return new LlamaConfig(
          integer("vocab_size"),
          hiddenSize,
          integer("intermediate_size"),
          integer("num_hidden_layers"),
          heads,
          integer("num_key_value_heads", heads),
          // Qwen 3's default is a constant, so no file of its kind leaves it out.
          family == ModelFamily.QWEN3
              ? integer("head_dim")
              : integer("head_dim", hiddenSize / Math.max(1, heads)),
          number("rms_norm_eps", DEFAULT_EPSILON),
          rope.theta(),
          json.path("tie_word_embeddings").asBoolean(false),
          Math.min(positions, window.orElse(Integer.MAX_VALUE)),
          specialTokens(),
          new LlamaVariant(
              family,
              flag("attention_bias") && family != ModelFamily.QWEN2,
              flag("mlp_bias"),
              window,
              rope.scaling(positions)));
    } catch (IllegalArgumentException e) {
      throw new UnsupportedModelException(file, String.valueOf(e.getMessage()));
    }
  }

  private ModelFamily family() {
    String type = json.path("model_type").asText("missing");
    return ModelFamily.of(type)
        .orElseThrow(
            () ->
                new UnsupportedModelException(
                    file,
                    "model_type is %s, expected %s"
                        .formatted(
                            type,
                            Arrays.stream(ModelFamily.values())
                                .map(ModelFamily::modelType)
                                .collect(Collectors.joining(", ")))));
  }

  private void refuseWhatWouldBeMisread(ModelFamily family) {
    refuseUnless("hidden_act", json.path("hidden_act").asText("silu").equals("silu"));
    // transformers' Mistral knows no biases, and only its Llama has them in the feed-forward
    // layers.
    refuseUnless("attention_bias", family != ModelFamily.MISTRAL || !flag("attention_bias"));
    refuseUnless("mlp_bias", family == ModelFamily.LLAMA || !flag("mlp_bias"));
    refuseUnless("partial_rotary_factor", json.path("partial_rotary_factor").asDouble(1) == 1);
    refuseUnless("quantization_config", isAbsent("quantization_config"));
    for (JsonNode type : json.path("layer_types")) {
      refuseUnless("layer_types", LAYER_TYPES.contains(type.asText()));
    }
  }

  private void refuseUnless(String key, boolean supported) {
    if (!supported) {
      throw new UnsupportedModelException(
          file, "%s is %s, which is not supported".formatted(key, json.path(key)));
    }
  }

  /** The window of any of its layers. */
  private OptionalInt slidingWindow(ModelFamily family) {
    return switch (family) {
      case LLAMA -> OptionalInt.empty();
      case MISTRAL ->
          json.path("sliding_window").isNull()
              ? OptionalInt.empty()
              : OptionalInt.of(integer("sliding_window", DEFAULT_WINDOW));
      case QWEN2, QWEN3 ->
          flag("use_sliding_window") && slidesSomewhere()
              ? OptionalInt.of(integer("sliding_window", DEFAULT_WINDOW))
              : OptionalInt.empty();
    };
  }

  private boolean slidesSomewhere() {
    if (json.path("sliding_window").isNull()) {
      return false;
    }
    if (isAbsent("layer_types")) {
      return integer("max_window_layers", 0) < integer("num_hidden_layers");
    }
    for (JsonNode type : json.path("layer_types")) {
      if (!type.asText().equals(FULL_ATTENTION)) {
        return true;
      }
    }
    return false;
  }

  private SpecialTokens specialTokens() {
    JsonNode end = json.path("eos_token_id");
    List<Integer> ends = new ArrayList<>();
    if (end.isArray()) {
      end.forEach(token -> ends.add(token.asInt()));
    } else if (end.isInt()) {
      ends.add(end.asInt());
    }
    return new SpecialTokens(token("bos_token_id"), ends, token("pad_token_id"));
  }

  private OptionalInt token(String key) {
    JsonNode value = json.path(key);
    return value.isInt() && value.asInt() >= 0
        ? OptionalInt.of(value.asInt())
        : OptionalInt.empty();
  }

  private int integer(String key) {
    JsonNode value = json.path(key);
    if (!value.isInt()) {
      throw new UnsupportedModelException(
          file,
          value.isMissingNode()
              ? "%s is missing".formatted(key)
              : "%s is %s, expected an integer".formatted(key, value));
    }
    return value.asInt();
  }

  private int integer(String key, int missing) {
    return isAbsent(key) ? missing : integer(key);
  }

  private boolean isAbsent(String key) {
    return json.path(key).isMissingNode() || json.path(key).isNull();
  }

  private boolean flag(String key) {
    if (!isAbsent(key) && !json.path(key).isBoolean()) {
      throw new UnsupportedModelException(
          file, "%s is %s, expected true or false".formatted(key, json.path(key)));
    }
    return json.path(key).asBoolean(false);
  }

  private double number(String key, double missing) {
    JsonNode value = json.path(key);
    if (isAbsent(key)) {
      return missing;
    }
    if (!value.isNumber()) {
      throw new UnsupportedModelException(
          file, "%s is %s, expected a number".formatted(key, value));
    }
    return value.asDouble();
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
