package io.gapo.actors.generator;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.pattern.StatusReply;
import io.gapo.actors.support.Closing;
import io.gapo.actors.support.IdleClock;
import io.gapo.actors.support.Reopening;
import io.gapo.core.flow.RolloutHistory;
import io.gapo.core.flow.RolloutLedger;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.policy.TensorsReleasedException;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.PolicySampler;
import io.gapo.core.port.RejectedPromptException;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the policy that is sampled from.
 *
 * <p>Protocol: {@link Adopt} the newest policy version; nothing is sampled before the first. {@link
 * Generate} is answered when all samples of the prompt are finished. {@link Settled} and {@link
 * Trained} give quota back. {@link Drain} ends it all.
 *
 * <p>Each decode step is one message that the actor sends itself, so between two tokens prompts
 * join the running batch, finished sequences leave it and weights are swapped. A prompt joins with
 * all its samples, in the order of arrival, when they have room and the quota admits it; prompts
 * that a crash left half sampled go first. With {@link GeneratorSettings#wholeBatches} prompts join
 * an idle sampler only, as many as the quota has room for. While there is nothing to do no message
 * is sent: Generate, Settled and Adopt set it going again.
 *
 * <p>When the sampler fails, everyone who waits gets the error, the samples that were running are
 * given back to the quota, and the actor restarts with back-off and a new sampler. What the restart
 * must not lose it keeps outside of the restarted behavior: the ledger of outstanding rollouts and
 * the newest snapshot, which the new sampler adopts at once.
 */
public final class RolloutGenerator extends AbstractBehavior<RolloutGenerator.Command> {

  /** The stage's name. */
  private static final Stage STAGE = Stage.ROLLOUT_GENERATOR;

  private static final Logger LOG = LoggerFactory.getLogger(RolloutGenerator.class);

  /** Everything the generator understands. */
  public sealed interface Command {}

  /**
   * Samples with these weights from the next token on. Acknowledged; what does not supersede the
   * snapshot in use is acknowledged and ignored.
   */
  public record Adopt(PolicySnapshot snapshot, ActorRef<StatusReply<Done>> replyTo)
      implements Command {}

  /**
   * Asks for the prompt's rollouts. The answer holds those of its K samples that are not settled
   * and were not durable before this process started: all K for a new prompt, none for one that was
   * delivered again after all its rollouts had been written. An error is a {@link
   * RejectedPromptException} if trying again is of no use.
   */
  public record Generate(Prompt prompt, ActorRef<StatusReply<List<Rollout>>> replyTo)
      implements Command {}

  /** These rollouts will never be trained on. */
  public record Settled(Collection<String> rolloutIds) implements Command {
    public Settled {
      rolloutIds = List.copyOf(rolloutIds);
    }
  }

  /**
   * This version was made of these rollouts. Their quota is given back when the version, or one
   * that replaces it, has been adopted: a prompt admitted before that would be sampled with the
   * version before, and be stale by the time it could be trained on.
   *
   * @param epoch of the optimizer that made it
   */
  public record Trained(PolicyVersion version, long epoch, Collection<String> rolloutIds)
      implements Command {
    public Trained {
      rolloutIds = List.copyOf(rolloutIds);
    }

    private boolean isAdoptedWith(PolicySnapshot snapshot) {
      return snapshot.epoch() > epoch || snapshot.version().compareTo(version) >= 0;
    }
  }

  /**
   * Admits no further prompt. When the running samples are finished and answered, the prompts that
   * still wait are answered with a {@link DrainingException}, then the drain itself.
   */
  public record Drain(ActorRef<Done> replyTo) implements Command {}

  /** Sent by {@code sender} to itself; one sent before a restart is nobody's. */
  private record DecodeStep(RolloutGenerator sender) implements Command {}

  private record OpenSampler() implements Command {}

  /** What survives a restart. */
  private static final class Memory {

    private final RolloutLedger ledger;
    private final List<Trained> unadopted = new ArrayList<>();
    private @Nullable PolicySnapshot snapshot;
    private boolean draining;

    Memory(RolloutLedger ledger) {
      this.ledger = ledger;
    }
  }

  private final GeneratorSettings settings;
  private final Memory memory;
  private final RolloutLedger ledger;
  private final PolicySampler sampler;
  private final PipelineListener listener;
  private final IdleClock clock;

  private final PromptQueue prompts;
  private final List<ActorRef<Done>> drains = new ArrayList<>();
  private boolean decodeStepUnderway;

  private RolloutGenerator(
      ActorContext<Command> context,
      GeneratorSettings settings,
      Memory memory,
      PolicySampler sampler,
      PipelineListener listener) {
    super(context);
    this.settings = settings;
    this.memory = memory;
    this.ledger = memory.ledger;
    this.prompts = new PromptQueue(ledger);
    this.sampler = sampler;
    this.listener = listener;
    this.clock = new IdleClock(STAGE, listener);
    reportOutstanding();
  }

  /**
   * A generator.
   *
   * @param samplers makes a sampler, at the start and after each failure
   * @param history what was sampled before this process started
   */
  public static Behavior<Command> create(
      Supplier<? extends PolicySampler> samplers,
      GeneratorSettings settings,
      RolloutHistory history,
      PipelineListener listener) {
    return Behaviors.setup(
        outer -> {
          Memory memory =
              new Memory(new RolloutLedger(settings.quota(), settings.samplesPerPrompt(), history));
          return Reopening.create(
              RolloutGenerator.class,
              () -> ready(samplers, settings, memory),
              sampler ->
                  Behaviors.setup(
                      context ->
                          new RolloutGenerator(context, settings, memory, sampler, listener)),
              settings.backoff(),
              new OpenSampler());
        });
  }

  private static PolicySampler ready(
      Supplier<? extends PolicySampler> samplers, GeneratorSettings settings, Memory memory) {
    PolicySampler sampler = samplers.get();
    try {
      if (sampler.freeSlots() < settings.samplesPerPrompt()) {
        throw new IllegalStateException(
            "the sampler has room for %s sequences, but each prompt needs %s: give it more or sample less"
                .formatted(sampler.freeSlots(), settings.samplesPerPrompt()));
      }
      if (memory.snapshot != null) {
        try {
          sampler.adopt(memory.snapshot);
        } catch (TensorsReleasedException e) {
          LOG.info("Waits for the version after {}: {}", memory.snapshot.version(), e.getMessage());
          memory.snapshot = null;
        }
      }
      return sampler;
    } catch (RuntimeException e) {
      // Nobody else knows this sampler yet, so nobody else would free it.
      Closing.close(sampler, LOG);
      throw e;
    }
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Adopt.class, this::adopt)
        .onMessage(Generate.class, this::generate)
        .onMessage(DecodeStep.class, this::decodeStep)
        .onMessage(Settled.class, this::settle)
        .onMessage(Trained.class, this::trained)
        .onMessage(Drain.class, this::drain)
        .onSignal(PreRestart.class, signal -> close())
        .onSignal(PostStop.class, signal -> close())
        .build();
  }

  private Behavior<Command> adopt(Adopt message) {
    try {
      adopt(message.snapshot());
    } catch (TensorsReleasedException e) {
      // A newer one comes next.
      LOG.info("Skipped {}: {}", message.snapshot().version(), e.getMessage());
    } catch (RuntimeException e) {
      message.replyTo().tell(StatusReply.error(e));
      throw failEveryone(e);
    }
    message.replyTo().tell(StatusReply.ack());
    return scheduleDecoding();
  }

  private void adopt(PolicySnapshot snapshot) {
    if (memory.snapshot == null || snapshot.supersedes(memory.snapshot)) {
      clock.run("adopt", () -> sampler.adopt(snapshot));
      memory.snapshot = snapshot;
      listener.versionAdopted(STAGE, snapshot.version());
      settleAdopted();
    }
  }

  private Behavior<Command> generate(Generate message) {
    Prompt prompt = message.prompt();
    Optional<RuntimeException> refusal = refusal(prompt);
    if (refusal.isPresent()) {
      message.replyTo().tell(StatusReply.error(refusal.get()));
    } else if (prompts.needsNoSampling(prompt)) {
      if (ledger.isSettled(prompt.id())) {
        // Counted before anyone is told of it.
        listener.settledSkipped(STAGE);
      }
      message.replyTo().tell(StatusReply.success(ledger.finishedSamples(prompt.id())));
    } else {
      prompts.join(prompt).addAsker(message.replyTo());
    }
    return scheduleDecoding();
  }

  private Optional<RuntimeException> refusal(Prompt prompt) {
    if (memory.draining) {
      return Optional.of(new DrainingException(STAGE));
    }
    if (prompts.isIdOfAnotherText(prompt)) {
      return Optional.of(
          new RejectedPromptException(
              "prompt id '%s' is in use for another text".formatted(prompt.id())));
    }
    try {
      return sampler.rejection(prompt).map(RejectedPromptException::new);
    } catch (RuntimeException e) {
      // Only reading this prompt failed: nothing that runs is touched.
      return Optional.of(e);
    }
  }

  private Behavior<Command> settle(Settled message) {
    message.rolloutIds().forEach(ledger::settle);
    reportOutstanding();
    return scheduleDecoding();
  }

  private Behavior<Command> trained(Trained message) {
    memory.unadopted.add(message);
    settleAdopted();
    return scheduleDecoding();
  }

  private void settleAdopted() {
    PolicySnapshot adopted = memory.snapshot;
    if (adopted == null) {
      return;
    }
    memory.unadopted.removeIf(
        trained -> {
          if (!trained.isAdoptedWith(adopted)) {
            return false;
          }
          trained.rolloutIds().forEach(ledger::settle);
          return true;
        });
    reportOutstanding();
  }

  private Behavior<Command> drain(Drain message) {
    memory.draining = true;
    drains.add(message.replyTo());
    return scheduleDecoding();
  }

  private Behavior<Command> decodeStep(DecodeStep message) {
    if (message.sender() != this) {
      return this;
    }
    decodeStepUnderway = false;
    try {
      admitWaiting();
      decode();
    } catch (RuntimeException e) {
      throw failEveryone(e);
    }
    return scheduleDecoding();
  }

  private void admitWaiting() {
    if (!mayAdmit()) {
      return;
    }
    Optional<PromptInProgress> next = prompts.next();
    while (next.isPresent()) {
      List<SampleRequest> requests = requests(next.get().prompt());
      if (requests.size() > sampler.freeSlots()) {
        return;
      }
      prompts.begin(next.get(), requests.stream().map(SampleRequest::rolloutId).toList());
      if (!requests.isEmpty()) {
        sampler.admit(requests);
        reportOutstanding();
      }
      next = prompts.next();
    }
  }

  private List<SampleRequest> requests(Prompt prompt) {
    return ledger.missingSamples(prompt.id()).stream()
        .map(index -> SampleRequest.of(prompt, index, settings.runSeed()))
        .toList();
  }

  private void decode() {
    int active = sampler.activeSequences();
    if (active == 0 && hasWork()) {
      throw new IllegalStateException("the sampler has neither running sequences nor room for any");
    }
    if (active > 0) {
      List<Rollout> ended = clock.call("decode", sampler::step);
      listener.tokensSampled(active);
      ended.forEach(listener::rolloutFinished);
      ended.forEach(prompts::finish);
    }
  }

  private boolean mayAdmit() {
    return !memory.draining
        && memory.snapshot != null
        && (!settings.wholeBatches()
            || (!prompts.isSampling() && prompts.waiting() >= settings.promptsOfQuota()));
  }

  private boolean hasWork() {
    return prompts.isSampling() || (mayAdmit() && prompts.next().isPresent());
  }

  /** Sends the next decode step if there is anything for it to do. */
  private Behavior<Command> scheduleDecoding() {
    if (hasWork() && !decodeStepUnderway) {
      decodeStepUnderway = true;
      getContext().getSelf().tell(new DecodeStep(this));
    }
    if (memory.draining && !prompts.isSampling()) {
      prompts.failWaiting(new DrainingException(STAGE));
      endDrains();
    }
    return this;
  }

  private void endDrains() {
    drains.forEach(replyTo -> replyTo.tell(Done.getInstance()));
    drains.clear();
  }

  /** Returns {@code cause} for the supervisor, once all who wait know it. */
  private RuntimeException failEveryone(RuntimeException cause) {
    prompts.failAll(cause);
    return cause;
  }

  private void reportOutstanding() {
    listener.outstandingRollouts(ledger.outstanding(), ledger.limit());
  }

  private Behavior<Command> close() {
    failEveryone(new IllegalStateException("the %s was stopped".formatted(STAGE)));
    endDrains();
    Closing.close(sampler, getContext().getLog());
    return this;
  }
}
