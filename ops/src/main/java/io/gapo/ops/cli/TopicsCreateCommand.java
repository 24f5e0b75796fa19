package io.gapo.ops.cli;

import io.gapo.ops.config.KafkaConfig;
import io.gapo.ops.kafka.Cluster;
import io.gapo.streams.topic.TopicCreation;
import io.gapo.streams.topic.TopicCreation.OtherPartitions;
import io.gapo.streams.topic.Topics;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code gapo topics create}: makes the topics that are missing. */
@Command(
    name = "create",
    description =
        "Creates the topics that are missing and leaves the others alone; fails if one of those has"
            + " other partitions than the settings ask for.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TopicsCreateCommand implements Callable<Integer> {

  @Mixin private final SettingsOptions settings = new SettingsOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    KafkaConfig kafka = settings.kafka();
    Topics topics = kafka.topics();
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (Cluster cluster = Cluster.connect(kafka)) {
      List<String> created =
          TopicCreation.createAndAwait(
              cluster.admin(), topics, kafka.topicLayout(), kafka.connectTimeout());
      for (String topic : topics.all()) {
        out.println((created.contains(topic) ? "created  " : "exists   ") + topic);
      }
      out.flush();
      List<OtherPartitions> others =
          TopicCreation.otherPartitions(
              cluster.admin(), topics, kafka.topicLayout(), kafka.connectTimeout());
      others.forEach(
          other ->
              err.println(
                  "topic %s has %s partitions; with gapo.kafka.partitions = %s it needs %s: set that, or delete the topic"
                      .formatted(
                          other.topic(),
                          other.partitions(),
                          kafka.topicLayout().partitions(),
                          other.needed())));
      err.flush();
      return others.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
  }
}
