package io.gapo.lab.cli;

import io.gapo.lab.demo.DemoModels;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which the demo is told to take models of the user's own. */
public final class ModelOptions {

  /** What stands under an evaluation of a foreign policy. */
  static final String UNGRADED =
      "Gold grades are left out: the world's rules read only the language of the demo's own policy.";

  @Option(
      names = "--policy",
      paramLabel = "DIR",
      description = "Start from this policy, a Hugging Face directory, instead of the demo's.")
  private @Nullable Path policy;

  @Option(
      names = "--reward",
      paramLabel = "DIR",
      description = "Score helpfulness by this reward model instead of the demo's.")
  private @Nullable Path reward;

  @Option(
      names = "--cost",
      paramLabel = "DIR",
      description = "Score harmlessness by this cost model, negated, instead of the demo's.")
  private @Nullable Path cost;

  /**
   * The demo's settings with these models, by key.
   *
   * @throws DemoModels.MissingModelsException if one of the demo's own is needed and not there
   */
  Map<String, Object> settings() {
    return demoModels().settings();
  }

  /** The directory of the policy that training starts from. */
  Path policy() {
    return demoModels().policy();
  }

  /** Whether any of them is given. */
  boolean areGiven() {
    return policy != null || reward != null || cost != null;
  }

  /** Whether the world's exact rules can grade the policy: they read only its own language. */
  boolean areGraded() {
    return policy == null;
  }

  private DemoModels demoModels() {
    return DemoModels.with(policy, reward, cost);
  }
}
