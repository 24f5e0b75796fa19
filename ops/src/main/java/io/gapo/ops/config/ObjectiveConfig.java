package io.gapo.ops.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * One block of {@code gapo.objectives}; its keys and defaults are explained in reference.conf.
 *
 * @param scoredBy the role whose processes score it
 */
public record ObjectiveConfig(String name, ScorerRole scoredBy, Scoring scoring) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");
  private static final Config DEFAULTS =
      ConfigFactory.parseString("model.negate = false, rule.target-tokens = 32");

  /** The roles that score. */
  public enum ScorerRole {
    REWARD_SCORER,
    COST_SCORER
  }

  /** Where the scores come from. */
  public sealed interface Scoring {}

  /**
   * A learned score model.
   *
   * @param negate whether the model's score is to be negated, so that higher is better
   */
  public record LearnedModel(Path directory, boolean negate) implements Scoring {}

  /**
   * The rule {@code 1 - tokens / target}: shorter responses are better.
   *
   * @param targetTokens length of a response that scores 0
   */
  public record Conciseness(int targetTokens) implements Scoring {}

  /** All blocks, in order; at least one, with different names. */
  static List<ObjectiveConfig> from(Config root) {
    List<? extends Config> blocks = root.getConfigList("gapo.objectives");
    if (blocks.isEmpty()) {
      throw new ConfigurationException(
          "gapo.objectives is empty: name at least one, for example [ { name = helpful, scored-by ="
              + " reward-scorer, model { directory = \"/models/reward\" } } ]");
    }
    Set<String> names = new HashSet<>();
    return IntStream.range(0, blocks.size())
        .mapToObj(
            index -> {
              String key = "gapo.objectives[%s]".formatted(index);
              ObjectiveConfig objective = from(blocks.get(index), key);
              if (!names.add(objective.name())) {
                throw new ConfigurationException(
                    "%s.name '%s' is taken: give each objective a name of its own"
                        .formatted(key, objective.name()));
              }
              return objective;
            })
        .toList();
  }

  private static ObjectiveConfig from(Config block, String key) {
    if (!block.hasPath("name") || !NAME.matcher(block.getString("name")).matches()) {
      throw new ConfigurationException(
          "%s.name must be lower-case letters, digits and dashes, was %s"
              .formatted(key, block.hasPath("name") ? block.getValue("name").render() : "missing"));
    }
    if (!block.hasPath("scored-by")) {
      throw new ConfigurationException(
          "%s.scored-by is missing: name reward-scorer or cost-scorer".formatted(key));
    }
    if (block.hasPath("model") == block.hasPath("rule")) {
      throw new ConfigurationException(
          "%s must have either a model { directory = ... } or a rule { kind = ... }"
              .formatted(key));
    }
    return new ObjectiveConfig(
        block.getString("name"),
        Check.oneOf(key + ".scored-by", block.getString("scored-by"), ScorerRole.class),
        block.hasPath("model") ? model(block, key + ".model") : rule(block, key + ".rule"));
  }

  private static Scoring model(Config block, String key) {
    Config model = block.withFallback(DEFAULTS).getConfig("model");
    if (!model.hasPath("directory")) {
      throw new ConfigurationException(
          key + ".directory is missing: name a score model's directory");
    }
    Check.notBlank(key + ".directory", model.getString("directory"));
    return new LearnedModel(Path.of(model.getString("directory")), model.getBoolean("negate"));
  }

  private static Scoring rule(Config block, String key) {
    Config rule = block.withFallback(DEFAULTS).getConfig("rule");
    String kind = rule.hasPath("kind") ? rule.getString("kind") : "";
    if (!kind.equals("conciseness")) {
      throw new ConfigurationException(
          "%s.kind must be conciseness, was '%s'".formatted(key, kind));
    }
    int targetTokens = WholeNumber.intAt(rule, "target-tokens", key + ".target-tokens");
    Check.atLeast(key + ".target-tokens", targetTokens, 1);
    return new Conciseness(targetTokens);
  }
}
