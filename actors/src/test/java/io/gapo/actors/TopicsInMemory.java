package io.gapo.actors;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.pattern.StatusReply;
import io.gapo.actors.collector.GradientCollector;
import io.gapo.actors.combiner.MgdaCombiner;
import io.gapo.actors.generator.RolloutGenerator;
import io.gapo.actors.optimizer.Optimizer;
import io.gapo.actors.scorer.Scorer;
import io.gapo.core.flow.RolloutHistory;
import io.gapo.core.lineage.LineageRecord;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.StepPublisher;
import io.gapo.core.port.VersionPublisher;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.Score;
import io.gapo.core.rollout.SettledRollouts;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.UpdateDirection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The topics between the stages, as lists, and what moves records from them into the actors: at
 * least once, in order, from the first record not committed after a restart of the reading stage.
 *
 * <p>Every seventh attempt to publish fails, and every fifth record is delivered twice.
 */
public final class TopicsInMemory implements StepPublisher, VersionPublisher {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int PARALLELISM = 8;

  private final ActorSystem<?> system;
  private final Random random;
  private final List<Prompt> prompts;
  private final BitSet done = new BitSet();
  private final List<Rollout> rollouts = new ArrayList<>();
  private final List<Score> scores = new ArrayList<>();
  private final List<GradientPart> parts = new ArrayList<>();
  private final List<LineageRecord> lineage = new ArrayList<>();
  private final Set<String> committed = new HashSet<>();
  private @Nullable PolicySnapshot newest;
  private @Nullable ActorRef<RolloutGenerator.Command> generator;
  private @Nullable ActorRef<GradientCollector.Command> collector;
  private @Nullable ActorRef<MgdaCombiner.Command> combiner;
  private @Nullable ActorRef<Optimizer.Command> optimizer;
  private Map<String, ActorRef<Scorer.Command>> scorers = Map.of();
  private int nextPrompt;
  private int nextPart;
  private boolean applying;
  private int mostOutstanding;

  public TopicsInMemory(ActorSystem<?> system, List<Prompt> prompts, long seed) {
    this.system = system;
    this.prompts = prompts;
    this.random = new Random(seed);
  }

  // What the stages read at their start.

  private RolloutHistory history() {
    Set<String> settled = fates().keySet();
    Set<String> outstanding = rolloutIds();
    outstanding.removeAll(settled);
    return new RolloutHistory(outstanding, SettledRollouts.of(settled));
  }

  synchronized SettledRollouts settledUpTo(PolicyVersion version) {
    SettledRollouts settled = new SettledRollouts();
    for (LineageRecord record : lineage) {
      boolean isLater =
          record instanceof VersionLineage made && made.version().compareTo(version) > 0;
      if (!isLater) {
        ids(record).forEach(settled::add);
      }
    }
    return settled;
  }

  synchronized void connect(Map<String, ActorRef<Scorer.Command>> all) {
    scorers = all;
  }

  synchronized void connectCombiner(ActorRef<MgdaCombiner.Command> started) {
    combiner = started;
  }

  /** Prompts are delivered again from the first that was not committed, or from some before. */
  synchronized ActorRef<RolloutGenerator.Command> connectGenerator(
      Function<RolloutHistory, ActorRef<RolloutGenerator.Command>> start) {
    ActorRef<RolloutGenerator.Command> started = start.apply(history());
    generator = started;
    if (newest != null) {
      adoptIntoGenerator(started, newest);
    }
    nextPrompt = Math.max(0, done.nextClearBit(0) - random.nextInt(4));
    for (int i = 0; i < PARALLELISM; i++) {
      generateNext(started);
    }
    return started;
  }

  /**
   * Lineage is read from its start, rollouts and scores too, since none of them may be committed.
   */
  synchronized void connectCollector(ActorRef<GradientCollector.Command> started) {
    collector = started;
    lineage.forEach(this::tellLineage);
    started.tell(new GradientCollector.LineageCaughtUp());
    rollouts.forEach(rollout -> collect(started, rollout));
    scores.forEach(score -> started.tell(new GradientCollector.ScoreArrived(score, ignored())));
    if (newest != null) {
      started.tell(new GradientCollector.Adopt(newest, ignored()));
    }
  }

  /** Parts are read from the offset that the checkpoint knows. */
  synchronized void connectOptimizer(ActorRef<Optimizer.Command> started) {
    optimizer = started;
    this.<Optimizer.Command, Map<String, Long>>ask(started, Optimizer.InputOffsets::new)
        .whenComplete((offsets, failure) -> seek(started, failure == null ? offsets : Map.of()));
  }

  // Prompts to rollouts.

  private void generateNext(ActorRef<RolloutGenerator.Command> reader) {
    if (nextPrompt < prompts.size()) {
      generate(reader, nextPrompt++);
    }
  }

  private void generate(ActorRef<RolloutGenerator.Command> reader, int index) {
    this.<RolloutGenerator.Command, List<Rollout>>ask(
            reader, replyTo -> new RolloutGenerator.Generate(prompts.get(index), replyTo))
        .whenComplete((sampled, failure) -> sampled(reader, index, sampled, failure));
  }

  private synchronized void sampled(
      ActorRef<RolloutGenerator.Command> reader,
      int index,
      @Nullable List<Rollout> sampled,
      @Nullable Throwable failure) {
    boolean isCurrent = reader.equals(generator);
    if (failure != null || sampled == null) {
      if (isCurrent) {
        generate(reader, index);
      }
    } else if (isCurrent) {
      sampled.forEach(this::append);
      done.set(index);
      generateNext(reader);
    } else if (!sampled.isEmpty() && random.nextBoolean()) {
      // A process that is being killed may get half of its answer out.
      append(sampled.get(0));
    }
  }

  private void append(Rollout rollout) {
    rollouts.add(rollout);
    mostOutstanding = Math.max(mostOutstanding, history().outstanding().size());
    twiceSometimes(
        () -> {
          if (collector != null) {
            collect(collector, rollout);
          }
          scorers.values().forEach(scorer -> score(scorer, rollout));
        });
  }

  private void collect(ActorRef<GradientCollector.Command> reader, Rollout rollout) {
    this.<GradientCollector.Command, Done>ask(
            reader, replyTo -> new GradientCollector.RolloutArrived(rollout, replyTo))
        .thenAccept(ack -> committed(rollout.id()));
  }

  private synchronized void committed(String rolloutId) {
    committed.add(rolloutId);
  }

  private void score(ActorRef<Scorer.Command> scorer, Rollout rollout) {
    this.<Scorer.Command, List<Score>>ask(
            scorer, replyTo -> new Scorer.ScoreBatch(List.of(rollout), replyTo))
        .whenComplete(
            (scored, failure) -> {
              if (failure != null) {
                score(scorer, rollout);
              } else {
                scored.forEach(this::append);
              }
            });
  }

  private synchronized void append(Score score) {
    scores.add(score);
    if (collector != null) {
      collector.tell(new GradientCollector.ScoreArrived(score, ignored()));
    }
  }

  // Steps.

  @Override
  public synchronized CompletionStage<?> publish(ObjectiveGradients gradients) {
    return durable(() -> twiceSometimes(() -> combine(gradients)));
  }

  private void combine(ObjectiveGradients gradients) {
    if (combiner != null) {
      this.<MgdaCombiner.Command, List<UpdateDirection>>ask(
              combiner, replyTo -> new MgdaCombiner.Combine(gradients, replyTo))
          .thenAccept(
              directions -> {
                synchronized (this) {
                  if (collector != null) {
                    ActorRef<GradientCollector.Command> recipient = collector;
                    directions.forEach(
                        each -> recipient.tell(new GradientCollector.DirectionArrived(each)));
                  }
                }
              });
    }
  }

  @Override
  public synchronized CompletionStage<?> publish(GradientPart part) {
    return durable(
        () -> {
          twiceSometimes(() -> parts.add(part));
          if (optimizer != null) {
            applyNext(optimizer);
          }
        });
  }

  private synchronized void seek(ActorRef<Optimizer.Command> reader, Map<String, Long> offsets) {
    if (reader.equals(optimizer)) {
      nextPart = offsets.getOrDefault("gradients-0", 0L).intValue();
      applying = false;
      applyNext(reader);
    }
  }

  private synchronized void applyNext(ActorRef<Optimizer.Command> reader) {
    if (applying || nextPart >= parts.size()) {
      return;
    }
    applying = true;
    GradientPart part = parts.get(nextPart);
    Map<String, Long> next = Map.of("gradients-0", (long) nextPart + 1);
    this.<Optimizer.Command, Optimizer.Outcome>ask(
            reader, replyTo -> new Optimizer.Apply(part, next, replyTo))
        .whenComplete((outcome, failure) -> applied(reader, failure));
  }

  private synchronized void applied(
      ActorRef<Optimizer.Command> reader, @Nullable Throwable failure) {
    if (!reader.equals(optimizer)) {
      return;
    }
    if (failure != null) {
      connectOptimizer(reader);
      return;
    }
    nextPart++;
    applying = false;
    applyNext(reader);
  }

  // Lineage and versions.

  @Override
  public synchronized CompletionStage<?> publish(Settlement settlement) {
    return durable(() -> append(settlement));
  }

  @Override
  public synchronized CompletionStage<?> publish(VersionLineage record) {
    return durable(() -> append(record));
  }

  @Override
  public synchronized CompletionStage<?> publishRefusal(
      List<RolloutReference> refused, long version, String reason) {
    return durable(
        () ->
            refused.forEach(
                rollout -> append(new Settlement(rollout, Fate.REFUSED, version, reason))));
  }

  @Override
  public synchronized CompletionStage<?> publish(PolicySnapshot snapshot) {
    return durable(
        () -> {
          newest = snapshot;
          if (collector != null) {
            collector.tell(new GradientCollector.Adopt(snapshot, ignored()));
          }
          if (generator != null) {
            adoptIntoGenerator(generator, snapshot);
          }
        });
  }

  private void adoptIntoGenerator(
      ActorRef<RolloutGenerator.Command> adopting, PolicySnapshot snapshot) {
    this.<RolloutGenerator.Command, Done>ask(
            adopting, replyTo -> new RolloutGenerator.Adopt(snapshot, replyTo))
        .whenComplete(
            (ack, failure) -> {
              synchronized (this) {
                if (failure != null && adopting.equals(generator)) {
                  adoptIntoGenerator(adopting, snapshot);
                }
              }
            });
  }

  private void append(LineageRecord record) {
    lineage.add(record);
    tellLineage(record);
    if (generator != null) {
      generator.tell(settled(record));
    }
  }

  private static RolloutGenerator.Command settled(LineageRecord record) {
    return record instanceof VersionLineage version
        ? new RolloutGenerator.Trained(version.version(), version.epoch(), ids(record))
        : new RolloutGenerator.Settled(ids(record));
  }

  private void tellLineage(LineageRecord record) {
    if (collector == null) {
      return;
    }
    if (record instanceof VersionLineage version) {
      collector.tell(new GradientCollector.VersionLineageRead(version));
    } else if (record instanceof Settlement settlement) {
      collector.tell(new GradientCollector.SettlementRead(settlement));
    }
  }

  private static List<String> ids(LineageRecord record) {
    return record.rollouts().stream().map(RolloutReference::id).toList();
  }

  // What the test looks at.

  /**
   * Every fate that the lineage gives each rollout: the version trained, or a settlement's fate.
   */
  synchronized Map<String, Set<String>> fates() {
    Map<String, Set<String>> fates = new LinkedHashMap<>();
    for (LineageRecord record : lineage) {
      String fate =
          record instanceof VersionLineage version
              ? version.version().toString()
              : record instanceof Settlement settlement ? settlement.fate().name() : "";
      ids(record).forEach(id -> fates.computeIfAbsent(id, unseen -> new HashSet<>()).add(fate));
    }
    return fates;
  }

  /** The versions made, in the order of the lineage, repeats left out. */
  synchronized List<Long> versions() {
    return lineage.stream()
        .filter(VersionLineage.class::isInstance)
        .map(record -> ((VersionLineage) record).version().number())
        .distinct()
        .toList();
  }

  synchronized int mostOutstanding() {
    return mostOutstanding;
  }

  /** Ids of everything that was sampled. */
  synchronized Set<String> rolloutIds() {
    Set<String> ids = new HashSet<>();
    rollouts.forEach(rollout -> ids.add(rollout.id()));
    return ids;
  }

  /** Ids of the rollouts that the collector says are settled. */
  synchronized Set<String> committed() {
    return Set.copyOf(committed);
  }

  /** Prompts that count as done. */
  synchronized List<Prompt> donePrompts() {
    return done.stream().mapToObj(prompts::get).toList();
  }

  private void twiceSometimes(Runnable delivery) {
    delivery.run();
    if (random.nextInt(5) == 0) {
      delivery.run();
    }
  }

  private CompletionStage<?> durable(Runnable append) {
    if (random.nextInt(7) == 0) {
      return CompletableFuture.failedFuture(new IllegalStateException("the broker is away"));
    }
    append.run();
    return CompletableFuture.completedFuture(Done.getInstance());
  }

  private ActorRef<StatusReply<Done>> ignored() {
    return system.ignoreRef();
  }

  private <C, R> CompletionStage<R> ask(
      ActorRef<C> actor, Function<ActorRef<StatusReply<R>>, C> message) {
    return AskPattern.askWithStatus(actor, message::apply, PATIENCE, system.scheduler());
  }
}
