package io.gapo.streams.topic;

/**
 * The names of the consumer groups, whose committed offsets say what is done for good.
 *
 * <p>One group for each stream and topic: a stream that starts again then disturbs no other. The
 * optimizer has none, since its offsets are in its checkpoint.
 *
 * @param prefix stands before every name, as before the topics'
 */
public record ConsumerGroups(String prefix) {

  /** Of topic {@code prompts}: all before the offset are sampled, or in quarantine. */
  public String rolloutGenerator() {
    return prefix + "rollout-generator";
  }

  /**
   * Of topic {@code rollouts}: all before the offset are scored, or in quarantine.
   *
   * @param role {@code reward-scorer} or {@code cost-scorer}
   */
  public String scorer(String role, String objective) {
    return prefix + role + "-" + objective;
  }

  /** Of topic {@code rollouts}: all before the offset are settled. */
  public String collectorRollouts() {
    return prefix + "gradient-collector-rollouts";
  }

  /** Of topic {@code scores}: all before the offset are of settled rollouts. */
  public String collectorScores() {
    return prefix + "gradient-collector-scores";
  }

  /** Of topic {@code update-directions}: all before the offset were heard. */
  public String collectorDirections() {
    return prefix + "gradient-collector-directions";
  }

  /** The same of one of several collectors, each of which hears every direction. */
  public String collectorDirections(String collector) {
    return collectorDirections() + "-" + collector;
  }

  /** Of topic {@code objective-gradients}: all before the offset were answered. */
  public String mgdaCombiner() {
    return prefix + "mgda-combiner";
  }
}
