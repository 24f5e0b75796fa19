package io.gapo.ops.config;

import io.gapo.actors.generator.GeneratorSettings;

/**
 * What {@code gapo.training.reproducible} needs of other settings, so that a version is a function
 * of the prompts' order: batches that nothing but the prompts decides, and sums in one order.
 */
final class Reproducibility {

  /** Fewer tokens than any text: each is scored by itself, whatever else has come. */
  static final int SCORED_ALONE = 1;

  private static final String KEY = "gapo.training.reproducible";

  private Reproducibility() {}

  /**
   * Refuses settings under which two runs would differ.
   *
   * @throws ConfigurationException naming the first of them
   */
  static void require(
      KafkaConfig kafka,
      GeneratorConfig generator,
      CollectorConfig collector,
      RuntimeConfig runtime) {
    GeneratorSettings stage = generator.stage();
    int staleness = stage.quota().staleness().versions();
    require(staleness == 0, "gapo.training.max-staleness", "0", staleness);
    require(collector.collectors() == 1, "gapo.training.collectors", "1", collector.collectors());
    int partitions = kafka.topicLayout().partitions();
    require(partitions == 1, "gapo.kafka.partitions", "1", partitions);
    int threads = runtime.torch().threads();
    require(threads == 1, "gapo.runtime.threads", "1", threads);
    int rows = stage.promptsOfQuota() * stage.samplesPerPrompt();
    int slots = generator.sampler().slots();
    require(
        slots >= rows, "gapo.sampling.slots", "at least %s, a whole batch".formatted(rows), slots);
  }

  private static void require(boolean holds, String key, String wanted, int found) {
    if (!holds) {
      throw new ConfigurationException(
          KEY, "needs %s to be %s, was %s".formatted(key, wanted, found));
    }
  }
}
