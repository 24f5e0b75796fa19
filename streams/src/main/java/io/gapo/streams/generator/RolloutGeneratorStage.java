package io.gapo.streams.generator;

import io.gapo.core.port.Stage;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.streams.codec.PromptJson;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.kafka.CommittingStream;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.kafka.TopicWriters;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Reads topic {@code prompts} and writes topic {@code rollouts}. */
public final class RolloutGeneratorStage {

  private static final Stage STAGE = Stage.ROLLOUT_GENERATOR;

  private RolloutGeneratorStage() {}

  /**
   * Starts the stage.
   *
   * @param seen what the history says of prompts; the stage's from now on
   * @param parallelism prompts that are with {@code generate} at a time, waiting ones included
   * @param generate as {@link RolloutGeneratorFlow} has it; may take as long as it likes
   */
  public static RunningStage start(
      KafkaAccess kafka,
      PromptLimits limits,
      SeenPrompts seen,
      int parallelism,
      Function<Prompt, CompletionStage<List<Rollout>>> generate) {
    return CommittingStream.start(
        STAGE,
        STAGE.text(),
        kafka,
        kafka.topics().prompts(),
        kafka.groups().rolloutGenerator(),
        kafka.stages().drainTimeout(),
        RolloutGeneratorFlow.create(
            new PromptJson(limits),
            seen,
            parallelism,
            generate,
            TopicWriters.rollouts(kafka)::writeAll,
            kafka.quarantine(STAGE)));
  }
}
