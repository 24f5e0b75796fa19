package io.gapo.runtime.llama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Set;

/**
 * The rotary embedding's part of {@code config.json}: {@code rope_theta} and {@code rope_scaling},
 * which transformers 5 writes together as {@code rope_parameters}.
 */
final class RopeJson {

  private static final String SCALING = "rope_scaling";
  private static final String PARAMETERS = "rope_parameters";
  private static final String THETA = "rope_theta";
  private static final String TYPE = "rope_type";
  private static final String ORIGINAL_POSITIONS = "original_max_position_embeddings";
  private static final double DEFAULT_THETA = 10_000;

  /** Keys that change what is computed in a way that is not implemented. */
  private static final Set<String> UNSUPPORTED =
      Set.of("mscale", "mscale_all_dim", "short_factor", "long_factor", "truncate");

  private final Path file;
  private final JsonNode json;
  private final String key;
  private final JsonNode rope;

  RopeJson(Path file, JsonNode json) {
    this.file = file;
    this.json = json;
    this.key = json.path(PARAMETERS).isObject() ? PARAMETERS : SCALING;
    this.rope = json.path(key);
    if (!isAbsent(rope) && !rope.isObject()) {
      throw refusal("expected an object");
    }
    if (key.equals(PARAMETERS)
        && !isAbsent(json.path(SCALING))
        && !json.path(SCALING).equals(rope)) {
      throw refusal("rope_scaling says something else");
    }
  }

  double theta() {
    JsonNode nested = rope.path(THETA);
    JsonNode theta = isAbsent(nested) ? json.path(THETA) : nested;
    if (!isAbsent(theta) && !theta.isNumber()) {
      throw new UnsupportedModelException(
          file, "%s is %s, expected a number".formatted(THETA, theta));
    }
    return theta.asDouble(DEFAULT_THETA);
  }

  /**
   * How frequencies are scaled.
   *
   * @param positions taken for those of pre-training where the scaling does not name them
   * @throws UnsupportedModelException if it is of a kind that this runtime does not compute
   */
  RopeScaling scaling(int positions) {
    if (isAbsent(rope)) {
      return RopeScaling.Unscaled.INSTANCE;
    }
    for (String unsupported : UNSUPPORTED) {
      if (!isAbsent(rope.path(unsupported))) {
        throw refusal(unsupported + " is not supported");
      }
    }
    if (rope.path("partial_rotary_factor").asDouble(1) != 1) {
      throw refusal("partial_rotary_factor is not supported");
    }
    String type = rope.path(TYPE).asText(rope.path("type").asText(""));
    return switch (type) {
      case "default" -> RopeScaling.Unscaled.INSTANCE;
      case "linear" -> new RopeScaling.Linear(number("factor"));
      case "llama3" ->
          new RopeScaling.Llama3(
              number("factor"),
              number("low_freq_factor"),
              number("high_freq_factor"),
              originalPositions(positions));
      case "yarn" -> yarn(positions);
      case "" -> {
        // Of transformers 5, which may leave the type out; anything else would be a guess.
        if (rope.has(THETA) && rope.size() == 1) {
          yield RopeScaling.Unscaled.INSTANCE;
        }
        throw refusal("rope_type is missing");
      }
      default -> throw refusal("type %s, expected default, linear, llama3 or yarn".formatted(type));
    };
  }

  private RopeScaling yarn(int positions) {
    double factor = number("factor");
    return new RopeScaling.Yarn(
        factor,
        number("beta_fast", 32),
        number("beta_slow", 1),
        originalPositions(positions),
        (float) number("attention_factor", RopeScaling.Yarn.fittedAmplitude(factor)));
  }

  private int originalPositions(int missing) {
    JsonNode beside = json.path(ORIGINAL_POSITIONS);
    return beside.isInt() ? beside.asInt() : (int) number(ORIGINAL_POSITIONS, missing);
  }

  private double number(String name, double missing) {
    return isAbsent(rope.path(name)) ? missing : number(name);
  }

  private double number(String name) {
    JsonNode value = rope.path(name);
    if (!value.isNumber()) {
      throw refusal(name + " is missing, or not a number");
    }
    return value.asDouble();
  }

  private UnsupportedModelException refusal(String why) {
    return new UnsupportedModelException(
        file, "%s is %s, which is not supported: %s".formatted(key, rope, why));
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  /** Writes the older spelling, which every version of transformers reads. */
  static void write(double theta, RopeScaling scaling, ObjectNode json) {
    json.put(THETA, theta);
    if (scaling instanceof RopeScaling.Linear linear) {
      json.putObject(SCALING).put(TYPE, "linear").put("factor", linear.factor());
    } else if (scaling instanceof RopeScaling.Llama3 llama3) {
      json.putObject(SCALING)
          .put(TYPE, "llama3")
          .put("factor", llama3.factor())
          .put("low_freq_factor", llama3.lowTurns())
          .put("high_freq_factor", llama3.highTurns())
          .put(ORIGINAL_POSITIONS, llama3.originalPositions());
    } else if (scaling instanceof RopeScaling.Yarn yarn) {
      json.putObject(SCALING)
          .put(TYPE, "yarn")
          .put("factor", yarn.factor())
          .put("beta_fast", yarn.fastTurns())
          .put("beta_slow", yarn.slowTurns())
          .put(ORIGINAL_POSITIONS, yarn.originalPositions())
          .put("attention_factor", yarn.amplitude());
    }
  }
}
