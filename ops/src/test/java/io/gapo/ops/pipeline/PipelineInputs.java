package io.gapo.ops.pipeline;

import io.gapo.core.rollout.Prompt;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.feed.PromptFeeder;
import io.gapo.ops.kafka.Cluster;
import io.gapo.ops.world.Split;
import io.gapo.ops.world.World;
import io.gapo.streams.topic.TopicCreation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What a pipeline with a real broker needs before it can run. */
final class PipelineInputs {

  private PipelineInputs() {}

  /** The settings of an objective with a learned model. */
  static Map<String, Object> objective(String name, String role, Path model, boolean negate) {
    return Map.of(
        "name",
        name,
        "scored-by",
        role,
        "model",
        Map.of("directory", model.toString(), "negate", negate));
  }

  static void createTopics(GapoConfig config) {
    try (Cluster cluster = Cluster.connect(config.kafka())) {
      TopicCreation.createAndAwait(
          cluster.admin(),
          config.kafka().topics(),
          config.kafka().topicLayout(),
          config.kafka().connectTimeout());
    }
  }

  /** Feeds the world's prompts of these numbers. */
  static void feed(GapoConfig config, int from, int count) {
    List<String> texts =
        new World()
            .prompts(Split.TRAIN, from + count, 1).stream().map(each -> each.text()).toList();
    try (PromptFeeder feeder = PromptFeeder.open(config.kafka())) {
      for (int i = from; i < from + count; i++) {
        CompletableFuture<Void> durable = feeder.feed(new Prompt("p" + i, texts.get(i)));
        feeder.flush();
        durable.join();
      }
    }
  }
}
