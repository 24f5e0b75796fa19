package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.actors.collector.ScoreArrivals;
import io.gapo.core.port.Stage;
import io.gapo.core.ppo.ScoreNormaliser;
import io.gapo.core.rollout.ObjectiveName;
import io.gapo.core.settings.Bounds;
import io.gapo.objectives.rule.RuleObjective;
import io.gapo.runtime.text.PromptTemplate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One block of {@code gapo.objectives}; its keys and defaults are explained in reference.conf.
 *
 * @param scoredBy the stage that scores it; empty if a process that is none of ours does
 * @param watchOnly whether it is scored and shown, but never trained on
 * @param normaliser of its scores before they become rewards
 * @param overdueAfter how long a rollout may wait for its score before that is reported, if not as
 *     long as {@code gapo.scoring.overdue-after} says
 */
public record ObjectiveConfig(
    String name,
    Optional<Stage> scoredBy,
    Scoring scoring,
    boolean watchOnly,
    ScoreNormaliser normaliser,
    Optional<Duration> overdueAfter) {

  /** What a block names its origin of scores by; exactly one of these. */
  private static final List<String> KINDS = List.of("model", "rule", "http", "plugin", "external");

  /** Where the scores come from. */
  public sealed interface Scoring {}

  /**
   * A learned score model.
   *
   * @param negate whether the model's score is to be negated, so that higher is better
   * @param template what it reads around a prompt, if not what {@code gapo.sampling.template} says
   */
  public record LearnedModel(Path directory, boolean negate, Optional<PromptTemplate> template)
      implements Scoring {

    /** One that reads what the policy reads. */
    public LearnedModel(Path directory, boolean negate) {
      this(directory, negate, Optional.empty());
    }
  }

  /** A rule over the response. */
  public record Rule(RuleObjective rule) implements Scoring {}

  /** A service that scores. */
  public record Served(HttpConfig http) implements Scoring {}

  /**
   * A plug-in.
   *
   * @param name of its provider
   * @param settings what stands beside the name
   */
  public record Plugin(String name, Map<String, String> settings) implements Scoring {}

  /** Any process that reads topic {@code rollouts} and writes topic {@code scores}. */
  public record External() implements Scoring {}

  /** One that a stage scores and that is trained on. */
  public ObjectiveConfig(String name, Stage scoredBy, Scoring scoring) {
    this(name, Optional.of(scoredBy), scoring, false, ScoreNormaliser.none(), Optional.empty());
  }

  /** Whether no stage scores it. */
  public boolean isExternal() {
    return scoring instanceof External;
  }

  /** Where the scores of these come from, and when. */
  static ScoreArrivals arrivals(List<ObjectiveConfig> objectives, Block scoring) {
    Duration overdueAfter = scoring.duration("overdue-after");
    return scoring.make(
        () ->
            new ScoreArrivals(
                names(objectives, ObjectiveConfig::watchOnly),
                names(objectives, ObjectiveConfig::isExternal),
                objectives.stream()
                    .filter(objective -> !objective.watchOnly())
                    .collect(
                        Collectors.toMap(
                            ObjectiveConfig::name,
                            objective -> objective.overdueAfter().orElse(overdueAfter))),
                scoring.duration("unmatched-after")));
  }

  private static Set<String> names(
      List<ObjectiveConfig> objectives, Predicate<ObjectiveConfig> which) {
    return objectives.stream().filter(which).map(ObjectiveConfig::name).collect(Collectors.toSet());
  }

  /** All blocks, in order, with different names; at least one is trained on. */
  static List<ObjectiveConfig> from(Config root) {
    List<Block> blocks = Block.of(root, "gapo").blocks("objectives");
    if (blocks.isEmpty()) {
      throw new ConfigurationException(
          "gapo.objectives",
          "is empty: name at least one, for example [ { name = helpful, scored-by ="
              + " reward-scorer, model { directory = \"/models/reward\" } } ]");
    }
    Set<String> names = new HashSet<>();
    List<ObjectiveConfig> objectives =
        blocks.stream()
            .map(
                block -> {
                  ObjectiveConfig objective = from(block);
                  if (!names.add(objective.name())) {
                    throw block.refusal(
                        "name",
                        "'%s' is taken: give each objective a name of its own"
                            .formatted(objective.name()));
                  }
                  return objective;
                })
            .toList();
    if (objectives.stream().allMatch(ObjectiveConfig::watchOnly)) {
      throw new ConfigurationException(
          "gapo.objectives",
          "are all watch-only: leave watch-only out where the policy should learn something");
    }
    return objectives;
  }

  private static ObjectiveConfig from(Block block) {
    String name = block.has("name") ? block.text("name") : "";
    if (!ObjectiveName.isValid(name)) {
      throw block.refusal(
          "name",
          "must be lower-case letters, digits and dashes, was "
              + (block.has("name") ? "'%s'".formatted(name) : "missing"));
    }
    Optional<Stage> scoredBy = scoredBy(block);
    if (KINDS.stream().filter(block::has).count() != 1) {
      throw new ConfigurationException(
          block.path(),
          "must have one of model { directory = ... }, rule { kind = ... }, http { url = ... },"
              + " plugin { name = ... } and external {}");
    }
    return new ObjectiveConfig(
        name,
        scoredBy,
        scoring(name, block),
        block.has("watch-only") && block.flag("watch-only"),
        NormaliserConfig.of(block),
        block.has("overdue-after") ? Optional.of(overdueAfter(block)) : Optional.empty());
  }

  private static Optional<Stage> scoredBy(Block block) {
    if (block.has("external")) {
      if (block.has("scored-by")) {
        throw block.refusal(
            "scored-by", "must not stand beside external {}, which no role scores: leave it out");
      }
      return Optional.empty();
    }
    if (!block.has("scored-by")) {
      throw block.refusal("scored-by", "is missing: name reward-scorer or cost-scorer");
    }
    return Optional.of(block.oneOf("scored-by", Stage.class, Stage::scores));
  }

  private static Duration overdueAfter(Block block) {
    return block.make(
        () -> {
          Duration limit = block.duration("overdue-after");
          Bounds.positive("overdue-after", limit);
          return limit;
        });
  }

  private static Scoring scoring(String name, Block block) {
    if (block.has("model")) {
      return model(block.block("model"));
    }
    if (block.has("external")) {
      return new External();
    }
    if (block.has("rule")) {
      return new Rule(new RuleObjective(name, RuleConfig.from(block.block("rule"))));
    }
    return block.has("http")
        ? new Served(HttpConfig.from(name, block.block("http")))
        : plugin(block.block("plugin"));
  }

  private static Scoring plugin(Block plugin) {
    Map<String, String> settings = new TreeMap<>();
    for (String name : plugin.names()) {
      settings.put(name, plugin.text(name));
    }
    settings.remove("name");
    return new Plugin(plugin.required("name"), settings);
  }

  private static Scoring model(Block model) {
    String directory = model.has("directory") ? model.text("directory") : "";
    if (directory.isBlank()) {
      throw model.refusal("directory", "is missing: name a score model's directory");
    }
    return new LearnedModel(
        Path.of(directory),
        model.has("negate") && model.flag("negate"),
        model.has("template")
            ? Optional.of(model.make("template", () -> new PromptTemplate(model.text("template"))))
            : Optional.empty());
  }
}
