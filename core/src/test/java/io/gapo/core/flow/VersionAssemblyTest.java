package io.gapo.core.flow;

import static io.gapo.core.step.StepExamples.ofPair;
import static io.gapo.core.step.StepExamples.part;
import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.flow.VersionAssembly.Verdict;
import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.SettledRollouts;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.StepExamples;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VersionAssemblyTest {

  private static final AppliedUpdate UPDATE = new AppliedUpdate(2, 0.1);

  @Test
  void isCompleteWithOnePartFromEachCollector() {
    VersionAssembly assembly = assembly();
    GradientPart a = ofPair(0, "a", "p#0");
    GradientPart b = ofPair(0, "b", "q#0");

    assertThat(assembly.add(b, Map.of())).isEqualTo(new Verdict.Held(1));
    assertThat(assembly.add(a, Map.of())).isEqualTo(new Verdict.Complete(List.of(a, b)));
  }

  @Test
  void makesTheNextVersionOfAllParts() {
    VersionAssembly assembly = assembly();
    assembly.add(ofPair(0, "a", "p#0"), Map.of("gradients-0", 5L));
    assembly.add(ofPair(0, "b", "q#0"), Map.of("gradients-1", 9L));

    CheckpointState state = assembly.complete(UPDATE, 1.5, Instant.EPOCH);

    VersionLineage lineage = state.lineage().orElseThrow();
    assertThat(state.version()).isEqualTo(new PolicyVersion(1));
    assertThat(state.epoch()).isEqualTo(3);
    assertThat(state.inputOffsets()).isEqualTo(Map.of("gradients-0", 5L, "gradients-1", 9L));
    assertThat(lineage.rollouts()).extracting(RolloutReference::id).containsExactly("p#0", "q#0");
    assertThat(lineage.update()).isEqualTo(UPDATE);
    assertThat(lineage.model()).isEqualTo("org/name@commit");
    assertThat(lineage.statistics().rollouts()).isEqualTo(2);
    assertThat(lineage.statistics().phaseSeconds()).containsEntry("apply", 1.5);
    assertThat(assembly.saved()).isEqualTo(state);
  }

  @Test
  void ignoresPartsOfAnotherVersion() {
    VersionAssembly assembly = assembly();

    assertThat(assembly.add(part(1, "a", "p#0"), Map.of())).isInstanceOf(Verdict.Ignored.class);
  }

  @Test
  void ignoresASecondPartOfTheSameCollector() {
    VersionAssembly assembly = assembly();
    assembly.add(ofPair(0, "a", "p#0"), Map.of());

    assertThat(assembly.add(ofPair(0, "a", "q#0"), Map.of())).isInstanceOf(Verdict.Ignored.class);
    assembly.add(ofPair(0, "b", "r#0"), Map.of());

    assertThat(ids(assembly.complete(UPDATE, 0, Instant.EPOCH))).containsExactly("p#0", "r#0");
  }

  @Test
  void refusesARolloutThatWasTrainedOnBefore() {
    VersionAssembly assembly = assembly();
    assembly.add(part(0, "a", "p#0"), Map.of());
    assembly.complete(UPDATE, 0, Instant.EPOCH);
    GradientPart repeated = part(1, "a", "p#0", "q#0");

    assertThat(assembly.add(repeated, Map.of())).isInstanceOf(Verdict.Refused.class);
    assertThat(assembly.refuse(List.of(repeated)))
        .extracting(RolloutReference::id)
        .containsExactly("q#0");
  }

  @Test
  void refusesARolloutThatWasTrainedOnLongAgo() {
    VersionAssembly assembly = assembly();
    for (int version = 0; version < 2_000; version++) {
      assembly.add(part(version, "a", "p" + version + "#0"), Map.of());
      assembly.complete(UPDATE, 0, Instant.EPOCH);
    }

    assertThat(assembly.add(part(2_000, "a", "p0#0"), Map.of()))
        .isInstanceOf(Verdict.Refused.class);
  }

  @Test
  void refusesARolloutOfAnotherPart() {
    VersionAssembly assembly = assembly();
    assembly.add(ofPair(0, "a", "p#0"), Map.of());
    GradientPart sharing = ofPair(0, "b", "p#0", "q#0");

    assertThat(assembly.add(sharing, Map.of())).isInstanceOf(Verdict.Refused.class);
    assertThat(assembly.refuse(List.of(sharing)))
        .extracting(RolloutReference::id)
        .containsExactly("q#0");
    assertThat(assembly.add(ofPair(0, "b", "r#0"), Map.of())).isInstanceOf(Verdict.Complete.class);
  }

  @Test
  void refusesARolloutThatIsNamedTwice() {
    VersionAssembly assembly = assembly();
    GradientPart part = part(0, "a", "p#0", "p#0");

    assertThat(assembly.add(part, Map.of())).isInstanceOf(Verdict.Refused.class);
    assertThat(assembly.refuse(List.of(part))).hasSize(1);
  }

  @Test
  void refusesWhatWasRefusedBeforeAndSettlesItOnce() {
    VersionAssembly assembly = assembly();
    GradientPart part = part(0, "a", "p#0");
    assembly.add(part, Map.of());
    assertThat(assembly.refuse(List.of(part))).isEqualTo(part.rollouts());

    assertThat(assembly.add(part, Map.of())).isInstanceOf(Verdict.Refused.class);
    assertThat(assembly.refuse(List.of(part))).isEmpty();
  }

  @Test
  void takesAnotherAttemptAfterARefusal() {
    VersionAssembly assembly = assembly();
    GradientPart refused = part(0, "a", "p#0");
    assembly.add(refused, Map.of());
    assembly.refuse(List.of(refused));

    assertThat(assembly.add(part(0, "a", "q#0"), Map.of())).isInstanceOf(Verdict.Complete.class);
  }

  @Test
  void takesDroppedRolloutsAgain() {
    VersionAssembly assembly = assembly();
    assembly.add(part(0, "a", "p#0"), Map.of());

    assembly.dropHeld();

    assertThat(assembly.add(part(0, "a", "p#0"), Map.of())).isInstanceOf(Verdict.Complete.class);
  }

  @Test
  void goesOnFromTheCheckpointAndWhatTheLineageSettled() {
    SettledRollouts settled = SettledRollouts.of(List.of("refused#0"));
    VersionAssembly assembly =
        new VersionAssembly(
            settled,
            new CheckpointState(
                new PolicyVersion(4),
                1,
                Optional.of(StepExamples.lineage(4, 1, "trained#0")),
                Map.of("gradients-0", 3L)),
            null);

    assertThat(assembly.add(part(4, "a", "refused#0"), Map.of()))
        .isInstanceOf(Verdict.Refused.class);
    assertThat(assembly.add(part(4, "a", "trained#0"), Map.of()))
        .isInstanceOf(Verdict.Refused.class);
    assertThat(assembly.saved().inputOffsets()).isEqualTo(Map.of("gradients-0", 3L));
  }

  /**
   * However parts of two collectors interleave, repeat and are refused, and wherever the optimizer
   * stops: reading again from the checkpoint's offsets misses no part that was held, and no rollout
   * is settled twice.
   */
  @Cases(200)
  void losesNoPartAndTrainsOnNoRolloutTwice(Draw draw) {
    long seed = draw.anyLong();
    int crashAfter = draw.between(1, 12);
    Random random = new Random(seed);
    List<GradientPart> topic = new ArrayList<>();
    Set<String> trained = new HashSet<>();
    Set<String> refused = new HashSet<>();
    VersionAssembly assembly = assembly();
    int next = 0;
    int handled = 0;
    while (assembly.saved().version().number() < 6) {
      if (next == topic.size()) {
        topic.add(nextPart(assembly, topic, random));
      }
      GradientPart part = topic.get(next);
      next++;
      Verdict verdict = assembly.add(part, Map.of("gradients-0", (long) next));
      if (verdict instanceof Verdict.Complete complete && random.nextInt(4) == 0) {
        settle(assembly.refuse(complete.parts()), trained, refused);
      } else if (verdict instanceof Verdict.Complete) {
        assertThat(trained)
            .doesNotContainAnyElementsOf(ids(assembly.complete(UPDATE, 0, Instant.EPOCH)));
        trained.addAll(ids(assembly.saved()));
      } else if (verdict instanceof Verdict.Refused) {
        settle(assembly.refuse(List.of(part)), trained, refused);
      }
      handled++;
      if (handled % crashAfter == 0 && handled < 200) {
        SettledRollouts settled = SettledRollouts.of(trained);
        refused.forEach(settled::add);
        assembly = new VersionAssembly(settled, assembly.saved(), null);
        next = assembly.saved().inputOffsets().getOrDefault("gradients-0", 0L).intValue();
      }
    }

    assertThat(assembly.saved().version()).isEqualTo(new PolicyVersion(6));
  }

  private static void settle(
      List<RolloutReference> rollouts, Set<String> trained, Set<String> refused) {
    for (RolloutReference rollout : rollouts) {
      assertThat(trained).doesNotContain(rollout.id());
      assertThat(refused.add(rollout.id())).isTrue();
    }
  }

  /** A new part of the current version from a random collector, or a repeat of an old one. */
  private static GradientPart nextPart(
      VersionAssembly assembly, List<GradientPart> topic, Random random) {
    if (!topic.isEmpty() && random.nextInt(3) == 0) {
      return topic.get(random.nextInt(topic.size()));
    }
    return ofPair(
        assembly.saved().version().number(),
        random.nextBoolean() ? "a" : "b",
        "p" + topic.size() + "#0",
        "p" + topic.size() + "#1");
  }

  private static List<String> ids(CheckpointState state) {
    return state.lineage().orElseThrow().rollouts().stream().map(RolloutReference::id).toList();
  }

  private static VersionAssembly assembly() {
    return new VersionAssembly(
        new SettledRollouts(),
        new CheckpointState(PolicyVersion.INITIAL, 3, Optional.empty(), Map.of()),
        "org/name@commit");
  }
}
