package io.gapo.runtime.llama;

import com.fasterxml.jackson.databind.node.ObjectNode;
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

  private final ModelJson json;
  private final String key;
  private final ModelJson rope;

  RopeJson(ModelJson json) {
    this.json = json;
    this.key = json.has(PARAMETERS) ? PARAMETERS : SCALING;
    this.rope = json.object(key);
    if (key.equals(PARAMETERS)
        && json.has(SCALING)
        && !json.value(SCALING).equals(json.value(PARAMETERS))) {
      throw refusal("rope_scaling says something else");
    }
  }

  double theta() {
    return rope.has(THETA) ? rope.number(THETA) : json.number(THETA, DEFAULT_THETA);
  }

  /**
   * How frequencies are scaled.
   *
   * @param positions taken for those of pre-training where the scaling does not name them
   * @throws UnsupportedModelException if it is of a kind that this runtime does not compute
   */
  RopeScaling scaling(int positions) {
    if (!json.has(key)) {
      return RopeScaling.Unscaled.INSTANCE;
    }
    for (String unsupported : UNSUPPORTED) {
      if (rope.has(unsupported)) {
        throw refusal(unsupported + " is not supported");
      }
    }
    if (rope.number("partial_rotary_factor", 1) != 1) {
      throw refusal("partial_rotary_factor is not supported");
    }
    String type = rope.text(TYPE, rope.text("type", ""));
    return switch (type) {
      case "default" -> RopeScaling.Unscaled.INSTANCE;
      case "linear" -> new RopeScaling.Linear(rope.number("factor"));
      case "llama3" ->
          new RopeScaling.Llama3(
              rope.number("factor"),
              rope.number("low_freq_factor"),
              rope.number("high_freq_factor"),
              originalPositions(positions));
      case "yarn" -> yarn(positions);
      case "" -> {
        // Transformers 5 may leave the type out; anything else would be a guess.
        if (rope.has(THETA) && rope.size() == 1) {
          yield RopeScaling.Unscaled.INSTANCE;
        }
        throw refusal("rope_type is missing");
      }
      default -> throw refusal("type %s, expected default, linear, llama3 or yarn".formatted(type));
    };
  }

  private RopeScaling yarn(int positions) {
    double factor = rope.number("factor");
    return new RopeScaling.Yarn(
        factor,
        rope.number("beta_fast", 32),
        rope.number("beta_slow", 1),
        originalPositions(positions),
        (float) rope.number("attention_factor", RopeScaling.Yarn.fittedAmplitude(factor)));
  }

  private int originalPositions(int missing) {
    return json.has(ORIGINAL_POSITIONS)
        ? json.integer(ORIGINAL_POSITIONS)
        : rope.integer(ORIGINAL_POSITIONS, missing);
  }

  private UnsupportedModelException refusal(String why) {
    return json.refusal(key, "which is not supported: " + why);
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
