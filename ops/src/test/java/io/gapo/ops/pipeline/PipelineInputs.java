package io.gapo.ops.pipeline;

import com.typesafe.config.Config;
import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.rollout.Prompt;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.feed.PromptFeeder;
import io.gapo.ops.kafka.Cluster;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.history.AuditReport;
import io.gapo.streams.history.LineageAuditReader;
import io.gapo.streams.topic.TopicCreation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** What a pipeline with a real broker needs before it can run. */
final class PipelineInputs {

  /** The demo's, as the settings below have them. */
  static final Path MODELS = Path.of("..", "demo");

  /** Rollouts a version. */
  static final int BATCH = 8;

  private static final List<String> ACTIONS = List.of("plant", "paint", "clean", "carry", "sell");

  private static final List<String> THINGS =
      List.of("a tree", "the old chair", "my bicycle", "two apples", "a small boat", "this lamp");

  private PipelineInputs() {}

  /** Small batches of short responses by the demo's models, so that versions come quickly. */
  static Config settings(EmbeddedBroker broker, Path checkpoints, Map<String, Object> changes) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("gapo.kafka.bootstrap-servers", broker.bootstrapServers());
    settings.put("gapo.kafka.connect-timeout", "2m");
    settings.put("gapo.kafka.partitions", 2);
    settings.put("gapo.sampling.template", PromptTemplate.SAFE_RLHF.pattern());
    settings.put("gapo.policy.directory", MODELS.resolve("policy").toString());
    settings.put(
        "gapo.objectives",
        List.of(
            objective("helpful", "reward-scorer", MODELS.resolve("reward"), false),
            objective("harmless", "cost-scorer", MODELS.resolve("cost"), true)));
    settings.put("gapo.sampling.samples-per-prompt", 2);
    settings.put("gapo.sampling.slots", 16);
    settings.put("gapo.sampling.max-prompt-tokens", 112);
    settings.put("gapo.sampling.max-response-tokens", 12);
    settings.put("gapo.training.advantage", "group-relative");
    settings.put("gapo.training.batch-size", BATCH);
    settings.put("gapo.training.max-staleness", 1);
    settings.put("gapo.training.checkpoint-directory", checkpoints.toString());
    settings.putAll(changes);
    return ConfigFiles.load(Optional.empty(), settings, Map.of());
  }

  /** The account of all prompts and rollouts in the topics. */
  static AuditReport audit(GapoConfig config) {
    return LineageAuditReader.read(config.kafka().access(Optional.empty()), PromptLimits.DEFAULT);
  }

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

  /** Deletes a topic and creates it again. */
  static void createAgain(GapoConfig config, String topic) {
    try (Cluster cluster = Cluster.connect(config.kafka())) {
      cluster.await(cluster.admin().deleteTopics(List.of(topic)).all());
    }
    createTopics(config);
  }

  /** Records of prompts of these numbers, without ids. */
  static List<byte[]> withoutIds(int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(number -> "{\"prompt\": \"%s\"}".formatted(text(number)))
        .map(record -> record.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  /** Feeds prompts of these numbers. */
  static void feed(GapoConfig config, int from, int count) {
    try (PromptFeeder feeder = PromptFeeder.open(config.kafka())) {
      for (int i = from; i < from + count; i++) {
        CompletableFuture<Void> durable = feeder.feed(new Prompt("p" + i, text(i)));
        feeder.flush();
        durable.join();
      }
    }
  }

  private static String text(int number) {
    return "how can i %s %s ?"
        .formatted(
            ACTIONS.get(number % ACTIONS.size()),
            THINGS.get(number / ACTIONS.size() % THINGS.size()));
  }
}
