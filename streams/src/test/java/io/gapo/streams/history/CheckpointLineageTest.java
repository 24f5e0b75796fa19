package io.gapo.streams.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.streams.Examples;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckpointLineageTest {

  private static final String GRADIENTS = "policy-gradients@now-0";
  private static final String OTHER_GRADIENTS = "policy-gradients@before-0";

  @Test
  void aCheckpointBelongsToTheLineageThatHasItsVersion() {
    assertThat(mismatch(checkpoint(3, OTHER_GRADIENTS), lineage(1), lineage(2), lineage(3)))
        .isEmpty();
    assertThat(mismatch(checkpoint(3, GRADIENTS), lineage(2), lineage(3), lineage(4))).isEmpty();
  }

  @Test
  void aCrashMayHaveComeBeforeItsVersionWasAnnounced() {
    assertThat(mismatch(checkpoint(1, GRADIENTS))).isEmpty();
    assertThat(mismatch(checkpoint(3, GRADIENTS), lineage(1), lineage(2))).isEmpty();
    assertThat(mismatch(checkpoint(3, "policy-gradients-0"), lineage(1), lineage(2))).isEmpty();
  }

  @Test
  void anEmptyLineageIsNotThatOfALaterVersion() {
    assertThat(mismatch(checkpoint(3, GRADIENTS))).contains("the lineage has no version at all");
  }

  @Test
  void aLineageThatWasCutMayHaveHadIt() {
    CheckpointLineage lineage = new CheckpointLineage(checkpoint(3, GRADIENTS));

    assertThat(lineage.mismatch(true, GRADIENTS)).isEmpty();
    assertThat(lineage.mismatch(true, OTHER_GRADIENTS)).isPresent();
  }

  @Test
  void aNewTopicShowsByItsIdWhereItsLineageDoesNot() {
    assertThat(mismatch(checkpoint(1, OTHER_GRADIENTS)))
        .contains("the topic of its gradients was created after it, or is another one");
    assertThat(mismatch(checkpoint(3, OTHER_GRADIENTS), lineage(1), lineage(2))).isPresent();
  }

  @Test
  void aLineageOfFewerVersionsIsOfAnotherTraining() {
    assertThat(mismatch(checkpoint(9, GRADIENTS), lineage(1), lineage(2)))
        .contains("the lineage ends with v2");
  }

  @Test
  void aVersionOfOtherRolloutsIsOfAnotherTraining() {
    assertThat(mismatch(checkpoint(1, GRADIENTS), Examples.versionLineage(1, "b")))
        .contains("the lineage's v1 was made of other rollouts");
  }

  @Test
  void reportsAMismatchIfTheLineageIsOfALaterOptimizer() {
    CheckpointState old = new CheckpointState(PolicyVersion.INITIAL, 1, Optional.empty(), Map.of());

    assertThat(mismatch(old, lineage(1)))
        .contains("the lineage is of optimizer epoch 2 already, the checkpoint of epoch 1");
    assertThat(mismatch(old)).isEmpty();
  }

  private static Optional<String> mismatch(CheckpointState checkpoint, VersionLineage... lineage) {
    CheckpointLineage all = new CheckpointLineage(checkpoint);
    List.of(lineage).forEach(all::add);
    return all.mismatch(false, GRADIENTS);
  }

  private static VersionLineage lineage(long version) {
    return Examples.versionLineage(version, "a");
  }

  private static CheckpointState checkpoint(long version, String gradients) {
    return new CheckpointState(
        new PolicyVersion(version), 3, Optional.of(lineage(version)), Map.of(gradients, 7L));
  }
}
