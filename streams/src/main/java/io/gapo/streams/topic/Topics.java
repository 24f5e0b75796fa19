package io.gapo.streams.topic;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The names of the topics between the stages, in the order in which a prompt passes them.
 *
 * @param prefix stands before every name, so that runs can share a cluster
 */
public record Topics(String prefix) {

  private static final String FOREVER = "-1";
  private static final String WEEK_MS = Long.toString(Duration.ofDays(7).toMillis());
  private static final long MIN_SEGMENT_BYTES = 8L << 20;
  private static final long MAX_SEGMENT_BYTES = 512L << 20;

  /** What users write: JSON, one prompt a record. */
  public String prompts() {
    return prefix + "prompts";
  }

  /** Sampled responses, keyed by prompt id and {@code #}. */
  public String rollouts() {
    return prefix + "rollouts";
  }

  /** One record for each rollout and objective, keyed as the rollout. */
  public String scores() {
    return prefix + "scores";
  }

  /** Gram matrices, from collector to combiner. */
  public String objectiveGradients() {
    return prefix + "objective-gradients";
  }

  /** Weights of the objectives, from combiner to collector. */
  public String updateDirections() {
    return prefix + "update-directions";
  }

  /** Gradients in chunks, from collector to optimizer. */
  public String policyGradients() {
    return prefix + "policy-gradients";
  }

  /** Policy versions in chunks, from optimizer to generator and collector. */
  public String policyVersions() {
    return prefix + "policy-versions";
  }

  /** What went into each version, and why other rollouts did not. */
  public String lineage() {
    return prefix + "lineage";
  }

  /** What could not be processed, and why. */
  public String quarantine() {
    return prefix + "quarantine";
  }

  /** All names. */
  public List<String> all() {
    return List.of(
        prompts(),
        rollouts(),
        scores(),
        objectiveGradients(),
        updateDirections(),
        policyGradients(),
        policyVersions(),
        lineage(),
        quarantine());
  }

  /** Those whose order matters from end to end, so that they have exactly one partition. */
  public Set<String> ordered() {
    return Set.of(
        objectiveGradients(),
        updateDirections(),
        policyGradients(),
        policyVersions(),
        lineage(),
        quarantine());
  }

  /**
   * The topics to create.
   *
   * <p>A prompt may wait for months, and so may the rollouts that no version has used yet: these
   * topics and the account of them are kept until someone limits them by hand. Tensors are bounded
   * by size, and the newest version always survives.
   */
  public List<NewTopic> definitions(TopicLayout layout) {
    return all().stream().map(name -> definition(name, layout)).toList();
  }

  private NewTopic definition(String name, TopicLayout layout) {
    int partitions = ordered().contains(name) ? 1 : layout.partitions();
    Map<String, String> settings = new HashMap<>();
    settings.put(TopicConfig.RETENTION_MS_CONFIG, FOREVER);
    if (layout.replicationFactor() > 1) {
      settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2");
    }
    if (name.equals(objectiveGradients()) || name.equals(updateDirections())) {
      settings.put(TopicConfig.RETENTION_MS_CONFIG, WEEK_MS);
    }
    if (name.equals(policyGradients()) || name.equals(policyVersions())) {
      long retained = layout.tensorRetentionBytes();
      settings.put(TopicConfig.RETENTION_BYTES_CONFIG, Long.toString(retained));
      // Only whole segments are deleted.
      settings.put(TopicConfig.SEGMENT_BYTES_CONFIG, Long.toString(segmentBytes(retained)));
    }
    if (name.equals(policyVersions())) {
      settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, "compact,delete");
    }
    return new NewTopic(name, partitions, layout.replicationFactor()).configs(settings);
  }

  private static long segmentBytes(long retainedBytes) {
    return Math.max(MIN_SEGMENT_BYTES, Math.min(MAX_SEGMENT_BYTES, retainedBytes / 4));
  }
}
