package io.gapo.lab.compare;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.gapo.runtime.checkpoint.ModelDigest;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Says what every result of a comparison is made with: the settings that training and evaluation
 * read, and the plan's numbers. A model counts by its content, not by where it lies.
 */
final class Provenances {

  /** Name of the result of the policy that all training starts from. */
  static final String START = "sft";

  private static final String ROOT = "gapo.";

  /**
   * Where a run finds others, keeps its files and is watched, and what it takes of memory and time.
   */
  private static final List<String> OF_THE_RUN_ALONE =
      List.of(
          "gapo.delivery.",
          "gapo.instance",
          "gapo.kafka.",
          "gapo.metrics.",
          "gapo.runtime.lend-tensors",
          "gapo.runtime.threads",
          "gapo.sampling.slots",
          "gapo.scoring.batch-tokens",
          "gapo.shutdown.",
          "gapo.training.checkpoint-directory",
          "gapo.training.checkpoints-kept",
          "gapo.training.graph-memory",
          "gapo.training.micro-batch-tokens");

  /** All that an evaluation reads. */
  private static final List<String> OF_EVALUATION =
      List.of(
          "gapo.policy.", "gapo.objectives", "gapo.sampling.", "gapo.scoring.", "gapo.runtime.");

  private static final Set<String> MODELS = Set.of("gapo.policy.directory", "gapo.policy.adapter");

  private final ComparisonPlan plan;
  private final List<String> objectives;
  private final Function<Map<String, Object>, Config> settings;
  private final Map<String, String> digests = new TreeMap<>();

  /**
   * @param objectives their names, in order
   * @param settings all settings, with these, by full key, on top
   */
  Provenances(
      ComparisonPlan plan,
      List<String> objectives,
      Function<Map<String, Object>, Config> settings) {
    this.plan = plan;
    this.objectives = objectives;
    this.settings = settings;
  }

  /** The provenance of everything that the plan makes, by the name that its files have. */
  Map<String, Provenance> ofAll() throws IOException {
    Map<String, Provenance> all = new LinkedHashMap<>();
    all.put(
        START,
        of(
            settings.apply(Map.of()),
            key -> OF_EVALUATION.stream().anyMatch(key::startsWith),
            Map.of()));
    for (long seed : plan.seeds()) {
      for (Contestant contestant : plan.trained(objectives)) {
        all.put(contestant.fileName(seed), of(contestant, seed, plan.steps()));
      }
      List<Map<String, Double>> preferences = plan.preferences(objectives);
      if (plan.draws(ComparisonPlan.SOUP)) {
        for (Map<String, Double> preference : preferences) {
          Contestant soup = Contestant.preferring(ComparisonPlan.SOUP, preference);
          all.put(soup.fileName(seed), of(soup, seed, plan.steps()));
        }
      }
      for (String method : ComparisonPlan.conditioned()) {
        if (plan.draws(method)) {
          Contestant trained = Contestant.conditioned(method);
          all.put(trained.fileName(seed), of(trained, seed, plan.conditionedSteps()));
          for (Map<String, Double> preference : preferences) {
            Contestant asked = Contestant.preferring(method, preference);
            all.put(asked.fileName(seed), of(asked, seed, plan.conditionedSteps()));
          }
        }
      }
    }
    return all;
  }

  private Provenance of(Contestant contestant, long seed, int steps) throws IOException {
    Map<String, Object> own = contestant.settings();
    own.put("gapo.sampling.seed", seed);
    return of(
        settings.apply(own),
        key -> OF_THE_RUN_ALONE.stream().noneMatch(key::startsWith),
        Map.of("--steps", Integer.toString(steps)));
  }

  private Provenance of(Config root, Predicate<String> counts, Map<String, String> options)
      throws IOException {
    Map<String, String> madeWith = new TreeMap<>(options);
    madeWith.put("--prompts", Integer.toString(plan.prompts()));
    madeWith.put("--split", plan.split().text());
    for (Map.Entry<String, ConfigValue> entry : byContent(root).getConfig("gapo").entrySet()) {
      String key = ROOT + entry.getKey();
      if (counts.test(key)) {
        madeWith.put(key, text(key, entry.getValue()));
      }
    }
    return new Provenance(madeWith);
  }

  /** The settings with a digest in the place of every score model's directory. */
  private Config byContent(Config root) throws IOException {
    List<Object> blocks = new ArrayList<>();
    for (Config block : root.getConfigList("gapo.objectives")) {
      blocks.add(
          block.hasPath("model.directory")
              ? block
                  .withValue(
                      "model.directory",
                      ConfigValueFactory.fromAnyRef(digest(block.getString("model.directory"))))
                  .root()
              : block.root());
    }
    return root.withValue("gapo.objectives", ConfigValueFactory.fromIterable(blocks));
  }

  private String text(String key, ConfigValue value) throws IOException {
    String text = String.valueOf(value.unwrapped());
    if (MODELS.contains(key) && !text.isEmpty()) {
      return digest(text);
    }
    try {
      // A number is the same whichever way it is written, in a file or on the command line.
      return new BigDecimal(text).stripTrailingZeros().toString();
    } catch (NumberFormatException e) {
      return text;
    }
  }

  private String digest(String directory) throws IOException {
    String known = digests.get(directory);
    if (known == null) {
      known = ModelDigest.of(Path.of(directory));
      digests.put(directory, known);
    }
    return known;
  }
}
