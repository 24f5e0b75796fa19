package io.gapo.core.flow;

import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.SettledRollouts;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.StepId;
import io.gapo.core.step.StepStatistics;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Collects the parts of the next policy version, one from each gradient collector that had rollouts
 * for it, and lets no rollout into two versions.
 *
 * <p>Parts add up to a gradient only if the objectives were weighed alike in all of them. When a
 * collector's batch changed meanwhile, the combiner has decided again: a part by another decision
 * replaces its collector's part before.
 *
 * <p>The offsets that go into a checkpoint are behind parts that were applied with it, refused or
 * ignored, never behind one that still waits: all that waits is applied when the checkpoint is
 * made.
 */
public final class VersionAssembly {

  /** What is to become of a part that came. */
  public sealed interface Verdict {

    /** All parts are there, by collector name. */
    record Complete(List<GradientPart> parts) implements Verdict {}

    /** It is kept until {@code missing} other collectors' parts by the same decision are there. */
    record Held(int missing) implements Verdict {}

    /** Nothing is to be done: it is a repeat, or too late. */
    record Ignored(String reason) implements Verdict {}

    /** It must not be applied, and {@link #refuse} is to be called with it. */
    record Refused(String reason) implements Verdict {}
  }

  private final SettledRollouts settled;
  private final Map<String, Long> offsets;
  private final TreeMap<String, GradientPart> held = new TreeMap<>();
  private final @Nullable String model;
  private CheckpointState saved;

  /**
   * @param settled before the newest checkpoint was saved, as far as the lineage tells; the
   *     assembly takes them over and adds to them
   * @param saved the newest checkpoint, whose version is to be improved
   * @param model that training started from; null if it has no name
   */
  public VersionAssembly(SettledRollouts settled, CheckpointState saved, @Nullable String model) {
    this.settled = settled;
    this.offsets = new HashMap<>(saved.inputOffsets());
    this.saved = saved;
    this.model = model;
    // The lineage may not tell of it yet.
    saved.lineage().ifPresent(this::settle);
  }

  /** The newest checkpoint. */
  public CheckpointState saved() {
    return saved;
  }

  /**
   * Takes in one part.
   *
   * @param nextOffsets the offsets to continue reading from after it
   */
  public Verdict add(GradientPart part, Map<String, Long> nextOffsets) {
    nextOffsets.forEach((partition, offset) -> offsets.merge(partition, offset, Math::max));
    StepId step = part.step();
    if (!step.version().equals(saved.version())) {
      return new Verdict.Ignored(
          "%s improves %s, but the policy is at %s"
              .formatted(step, step.version(), saved.version()));
    }
    GradientPart before = held.get(step.collector());
    if (before != null && before.direction().isSameDecisionAs(part.direction())) {
      return new Verdict.Ignored(
          "a part of %s for %s is held already".formatted(step.collector(), step.version()));
    }
    Optional<String> repeated = repeatedRollout(part);
    if (repeated.isPresent()) {
      return new Verdict.Refused(
          "%s holds rollout %s, which was settled before or is in another part"
              .formatted(step, repeated.get()));
    }
    held.put(step.collector(), part);
    List<GradientPart> together =
        held.values().stream()
            .filter(each -> each.direction().isSameDecisionAs(part.direction()))
            .toList();
    int missing = part.direction().parts() - together.size();
    if (missing > 0) {
      return new Verdict.Held(missing);
    }
    held.values().retainAll(together);
    return new Verdict.Complete(together);
  }

  private Optional<String> repeatedRollout(GradientPart part) {
    Set<String> seen = heldRollouts(other -> !other.equals(part.step().collector()));
    return part.rollouts().stream()
        .map(RolloutReference::id)
        .filter(id -> settled.contains(id) || !seen.add(id))
        .findFirst();
  }

  private Set<String> heldRollouts(Predicate<String> collector) {
    Set<String> ids = new HashSet<>();
    held.forEach(
        (name, part) -> {
          if (collector.test(name)) {
            part.rollouts().forEach(rollout -> ids.add(rollout.id()));
          }
        });
    return ids;
  }

  private static Stream<RolloutReference> rollouts(Collection<GradientPart> parts) {
    return parts.stream().flatMap(part -> part.rollouts().stream());
  }

  /**
   * The state after the complete parts were applied: to be saved, then announced.
   *
   * @param update what the optimizer did with them
   * @param applySeconds how long that took
   */
  public CheckpointState complete(AppliedUpdate update, double applySeconds, Instant appliedAt) {
    List<GradientPart> parts = List.copyOf(held.values());
    VersionLineage lineage =
        new VersionLineage(
            saved.version().next(),
            saved.epoch(),
            parts.get(0).direction(),
            StepStatistics.of(parts.stream().map(GradientPart::statistics).toList())
                .withPhase("apply", applySeconds),
            update,
            rollouts(parts).toList(),
            appliedAt,
            model);
    settle(lineage);
    held.clear();
    saved =
        new CheckpointState(
            lineage.version(), saved.epoch(), Optional.of(lineage), Map.copyOf(offsets));
    return saved;
  }

  private void settle(VersionLineage lineage) {
    lineage.rollouts().forEach(rollout -> settled.add(rollout.id()));
  }

  /**
   * These parts will not be applied, now or when they come again.
   *
   * @return their rollouts, which are to be settled as refused, but for those that are settled
   *     already and those that another part holds: whoever sent them waits for the fate of each
   */
  public List<RolloutReference> refuse(Collection<GradientPart> parts) {
    parts.forEach(part -> held.remove(part.step().collector(), part));
    Set<String> inUse = heldRollouts(any -> true);
    return rollouts(parts)
        .filter(rollout -> !inUse.contains(rollout.id()))
        .filter(rollout -> settled.add(rollout.id()))
        .toList();
  }

  /** The parts that wait are of no use and are forgotten; their rollouts keep waiting. */
  public void dropHeld() {
    held.clear();
  }
}
