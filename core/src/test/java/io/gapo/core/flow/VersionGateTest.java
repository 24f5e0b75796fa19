package io.gapo.core.flow;

import static io.gapo.core.step.StepExamples.lineage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.gapo.core.combine.MethodMemory;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.step.StepExamples;
import io.gapo.core.step.StepId;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionGateTest {

  private final VersionGate gate = new VersionGate();

  @Test
  void staysClosedUntilTheHistoryHasBeenRead() {
    gate.adopt(snapshot(0, 1));

    assertThat(gate.isOpen()).isFalse();
    gate.historyRead();

    assertThat(gate.isOpen()).isTrue();
  }

  @Test
  void staysClosedUntilAVersionIsAdopted() {
    gate.historyRead();

    assertThat(gate.isOpen()).isFalse();
  }

  @Test
  void staysClosedUntilTheLineageOfTheAdoptedVersionHasBeenRead() {
    gate.historyRead();
    gate.adopt(snapshot(2, 1));

    assertThat(gate.isOpen()).isFalse();
    gate.read(lineage(1, 1));
    assertThat(gate.isOpen()).isFalse();
    gate.read(lineage(2, 1));

    assertThat(gate.isOpen()).isTrue();
  }

  @Test
  void closesWhenTheLineageTellsOfANewerVersion() {
    gate.historyRead();
    gate.adopt(snapshot(0, 1));

    gate.read(lineage(1, 1));

    assertThat(gate.isOpen()).isFalse();
    gate.adopt(snapshot(1, 1));
    assertThat(gate.isOpen()).isTrue();
  }

  @Test
  void waitsForTheNewestOfSeveralVersionsAfterAStart() {
    gate.read(lineage(8, 1));
    gate.read(lineage(9, 2));
    gate.historyRead();

    gate.adopt(snapshot(7, 1));
    assertThat(gate.isOpen()).isFalse();
    gate.adopt(snapshot(8, 2));
    assertThat(gate.isOpen()).isFalse();
    gate.adopt(snapshot(9, 3));

    assertThat(gate.isOpen()).isTrue();
  }

  @Test
  void followsAnOptimizerThatStartsFromAnOlderCheckpoint() {
    gate.historyRead();
    gate.read(lineage(9, 1));
    gate.adopt(snapshot(9, 1));

    gate.adopt(snapshot(0, 2));
    assertThat(gate.isOpen()).isTrue();
    gate.read(lineage(1, 2));
    assertThat(gate.isOpen()).isFalse();
    gate.adopt(snapshot(1, 2));

    assertThat(gate.isOpen()).isTrue();
  }

  @Test
  void doesNotCountAVersionMadeByAnOptimizerThatWasReplaced() {
    gate.historyRead();
    gate.adopt(snapshot(9, 2));

    assertThat(gate.read(lineage(10, 1))).isFalse();
    assertThat(gate.read(lineage(9, 1))).isTrue();

    assertThat(gate.isOpen()).isTrue();
  }

  @Test
  void knowsWhatIsNews() {
    assertThat(gate.isNews(snapshot(0, 1))).isTrue();
    gate.adopt(snapshot(1, 1));

    assertThat(gate.isNews(snapshot(1, 1))).isFalse();
    assertThat(gate.isNews(snapshot(1, 2))).isTrue();
    assertThat(gate.adopted()).contains(snapshot(1, 1));
  }

  @Test
  void countsTheAttemptsOfEachVersion() {
    gate.adopt(snapshot(1, 1));

    assertThat(gate.nextStep("c")).isEqualTo(new StepId(new PolicyVersion(1), 0, "c"));
    gate.adopt(snapshot(1, 2));
    assertThat(gate.nextStep("c").attempt()).isEqualTo(1);
    gate.adopt(snapshot(2, 2));

    assertThat(gate.nextStep("c").attempt()).isZero();
  }

  @Test
  void knowsWhatTheCombinerRememberedAtTheAdoptedVersion() {
    gate.adopt(snapshot(0, 1));
    assertThat(gate.combinerMemory()).isEqualTo(MethodMemory.NONE);

    gate.read(lineage(1, 1));
    gate.read(lineage(2, 1));
    gate.adopt(snapshot(1, 1));
    assertThat(gate.combinerMemory()).isEqualTo(StepExamples.memory(1));
    gate.adopt(snapshot(2, 1));

    assertThat(gate.combinerMemory()).isEqualTo(StepExamples.memory(2));
  }

  @Test
  void namesNoStepBeforeAVersionIsAdopted() {
    assertThatIllegalStateException().isThrownBy(() -> gate.nextStep("c"));
  }

  private static PolicySnapshot snapshot(long version, long epoch) {
    return new PolicySnapshot(new PolicyVersion(version), epoch, List.of());
  }
}
