package io.gapo.streams.topic;

import io.gapo.core.port.Stage;

/**
 * The names of the consumer groups, whose committed offsets say what is done for good.
 *
 * <p>One group for each stream and topic: a stream that starts again then disturbs no other. The
 * optimizer has none, since its offsets are in its checkpoint.
 *
 * @param prefix stands before every name, as before the topics'
 */
public record ConsumerGroups(String prefix) {

  /** The group on topic {@code prompts}: all before the offset are sampled, or in quarantine. */
  public String rolloutGenerator() {
    return prefix + Stage.ROLLOUT_GENERATOR;
  }

  /**
   * The group on topic {@code rollouts}: all before the offset are scored, or in quarantine.
   *
   * @param stage that scores the objective
   */
  public String scorer(Stage stage, String objective) {
    return prefix + stage + "-" + objective;
  }

  /** The group on topic {@code rollouts}: all before the offset are settled. */
  public String collectorRollouts() {
    return collector("rollouts");
  }

  /** The group on topic {@code scores}: all before the offset are of settled rollouts. */
  public String collectorScores() {
    return collector("scores");
  }

  /** The group on topic {@code update-directions}: all before the offset were received. */
  public String collectorDirections() {
    return collector("directions");
  }

  /** The group of one of several collectors, each of which receives every direction. */
  public String collectorDirections(String collector) {
    return collectorDirections() + "-" + collector;
  }

  /** The group on topic {@code objective-gradients}: all before the offset were answered. */
  public String mgdaCombiner() {
    return prefix + Stage.MGDA_COMBINER;
  }

  private String collector(String input) {
    return prefix + Stage.GRADIENT_COLLECTOR + "-" + input;
  }
}
