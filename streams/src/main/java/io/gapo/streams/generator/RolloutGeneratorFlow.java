package io.gapo.streams.generator;

import akka.Done;
import akka.NotUsed;
import akka.stream.javadsl.FlowWithContext;
import io.gapo.core.port.Failures;
import io.gapo.core.port.RejectedPromptException;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.PromptJson;
import io.gapo.streams.generator.SeenPrompts.Earlier;
import io.gapo.streams.intake.Quarantine;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Prompts in, rollouts out.
 *
 * <pre>
 *   record → decode ─ malformed, or an id used before, for this text or another → quarantine
 *              └ prompt → generate, several at a time ─ rejected → quarantine
 *                             └ rollouts → publish all of them
 * </pre>
 *
 * <p>A prompt's rollouts are published as soon as they are there; offsets come out in order. What
 * went to quarantine before a restart is not put there again.
 */
public final class RolloutGeneratorFlow {

  private final PromptJson json;
  private final SeenPrompts seen;
  private final Function<Prompt, CompletionStage<List<Rollout>>> generate;
  private final Function<List<Rollout>, CompletionStage<?>> publish;
  private final Quarantine quarantine;

  private RolloutGeneratorFlow(
      PromptJson json,
      SeenPrompts seen,
      Function<Prompt, CompletionStage<List<Rollout>>> generate,
      Function<List<Rollout>, CompletionStage<?>> publish,
      Quarantine quarantine) {
    this.json = json;
    this.seen = seen;
    this.generate = generate;
    this.publish = publish;
    this.quarantine = quarantine;
  }

  /**
   * The graph.
   *
   * @param seen outlives the graph, so that a restart knows what was before
   * @param parallelism prompts that are with {@code generate} at a time
   * @param generate what is still to be published of a prompt's rollouts; fails with {@link
   *     RejectedPromptException} if the prompt is at fault
   * @param publish completes when all of them are durable
   */
  public static <O> FlowWithContext<RawRecord, O, Done, O, NotUsed> create(
      PromptJson json,
      SeenPrompts seen,
      int parallelism,
      Function<Prompt, CompletionStage<List<Rollout>>> generate,
      Function<List<Rollout>, CompletionStage<?>> publish,
      Quarantine quarantine) {
    RolloutGeneratorFlow flow = new RolloutGeneratorFlow(json, seen, generate, publish, quarantine);
    return FlowWithContext.<RawRecord, O>create()
        .map(flow::read)
        .mapAsync(parallelism, flow::process);
  }

  private sealed interface Reading {}

  private record Accepted(RawRecord record, Prompt prompt) implements Reading {}

  private record Refused(RawRecord record, String reason) implements Reading {}

  private record GivenUpBefore() implements Reading {}

  private Reading read(RawRecord record) {
    if (seen.isGivenUp(record.at())) {
      return new GivenUpBefore();
    }
    Prompt prompt;
    try {
      prompt = json.decode(record);
    } catch (MalformedRecordException e) {
      return new Refused(record, Failures.reason(e));
    }
    return seen.use(prompt, record.at())
        .<Reading>map(earlier -> new Refused(record, refusal(prompt, earlier)))
        .orElseGet(() -> new Accepted(record, prompt));
  }

  private static String refusal(Prompt prompt, Earlier earlier) {
    String user =
        earlier
            .at()
            .map(RecordCoordinates::toString)
            .orElse("a prompt that was sampled before this process started");
    return earlier.sameText()
        ? "duplicate: prompt id '%s' was used before, by %s; to train on it again, give it another id, as 'gapo feed --repeat' does"
            .formatted(prompt.id(), user)
        : "prompt id '%s' was used before for another text, by %s; give it another id"
            .formatted(prompt.id(), user);
  }

  private CompletionStage<Done> process(Reading reading) {
    if (reading instanceof Accepted accepted) {
      return generate(accepted);
    }
    if (reading instanceof Refused refused) {
      return giveUp(refused.record(), refused.reason());
    }
    return CompletableFuture.completedFuture(Done.done());
  }

  private CompletionStage<Done> generate(Accepted accepted) {
    return generate
        .apply(accepted.prompt())
        .thenCompose(publish::apply)
        .<Done>thenApply(published -> Done.done())
        .exceptionallyCompose(
            failure -> {
              Throwable cause = Failures.cause(failure);
              return cause instanceof RejectedPromptException
                  ? giveUp(accepted.record(), Failures.reason(cause))
                  : CompletableFuture.failedFuture(cause);
            });
  }

  private CompletionStage<Done> giveUp(RawRecord record, String reason) {
    return quarantine.put(record, reason).thenApply(put -> Done.done());
  }
}
