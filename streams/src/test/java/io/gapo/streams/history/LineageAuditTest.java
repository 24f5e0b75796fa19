package io.gapo.streams.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.rollout.Prompt;
import io.gapo.streams.Examples;
import io.gapo.streams.history.AuditReport.Counts;
import io.gapo.streams.topic.RecordCoordinates;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LineageAuditTest {

  private final LineageAudit audit = new LineageAudit();

  @Test
  void everyPromptAndRolloutHasOneFate() {
    prompts("trained", "stale", "refused", "unscorable", "waiting", "unsampled");
    audit.addPrompt(at(6), Optional.empty());
    audit.addQuarantined(at(6));
    audit.addPrompt(at(7), Optional.of(prompt("trained")));
    audit.addQuarantined(at(7));
    audit.addRollout(Examples.reference("waiting", 0));
    audit.addLineage(Examples.versionLineage(1, "trained"));
    audit.addLineage(Examples.settlement("stale", Fate.STALE));
    audit.addLineage(Examples.settlement("refused", Fate.REFUSED));
    audit.addLineage(Examples.settlement("unscorable", Fate.QUARANTINED));

    AuditReport report = audit.report();

    assertThat(report.prompts()).isEqualTo(new Counts(8, 1, 1, 3, 1, 2));
    assertThat(report.rollouts()).isEqualTo(new Counts(5, 1, 1, 1, 1, 1));
    assertThat(report.quarantined()).isEqualTo(Map.of("prompts", 2L));
    assertThat(report.problems()).isEmpty();
  }

  @Test
  void repeatsCountOnce() {
    for (int repeat = 0; repeat < 2; repeat++) {
      audit.addPrompt(at(0), Optional.of(prompt("a")));
      audit.addRollout(Examples.reference("a", 0));
      audit.addQuarantined(new RecordCoordinates("rollouts", Examples.TOPIC_ID, 2, 5));
      audit.addLineage(Examples.versionLineage(1, "a"));
      audit.addLineage(Examples.settlement("b", Fate.STALE));
    }

    AuditReport report = audit.report();

    assertThat(report.prompts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
    assertThat(report.rollouts()).isEqualTo(new Counts(2, 1, 1, 0, 0, 0));
    assertThat(report.quarantined()).isEqualTo(Map.of("rollouts", 1L));
    assertThat(report.problems()).isEmpty();
  }

  @Test
  void aPromptWaitsWhileOneOfItsRolloutsDoesUnlessOneWasTrainedOn() {
    prompts("half", "best");
    audit.addRollout(Examples.reference("half", 1));
    audit.addLineage(Examples.settlement("half", Fate.STALE));
    audit.addRollout(Examples.reference("best", 1));
    audit.addLineage(Examples.versionLineage(1, "best"));

    assertThat(audit.report().prompts()).isEqualTo(new Counts(2, 1, 0, 0, 0, 1));
  }

  @Test
  void aRolloutInTwoVersionsIsAProblem() {
    audit.addLineage(Examples.versionLineage(1, "a", "b"));
    audit.addLineage(Examples.versionLineage(2, "b", "c"));

    AuditReport report = audit.report();

    assertThat(report.trainedTwice()).containsExactly("b#0");
    assertThat(report.problems()).containsExactly("rollouts in more than one version: b#0");
  }

  @Test
  void aMissingVersionIsAProblem() {
    audit.addLineage(Examples.versionLineage(1, "a"));
    audit.addLineage(Examples.versionLineage(4, "b"));

    AuditReport report = audit.report();

    assertThat(report.newestVersion()).isEqualTo(4);
    assertThat(report.problems()).containsExactly("versions without lineage: 2, 3");
  }

  @Test
  void aVersionMadeTwiceOfDifferentRolloutsIsAProblem() {
    audit.addLineage(Examples.versionLineage(1, "a"));
    audit.addLineage(Examples.versionLineage(1, "b"));

    assertThat(audit.report().problems())
        .containsExactly("versions made twice, of different rollouts: 1");
  }

  @Test
  void aRolloutThatWasTrainedOnAndSettledOtherwiseIsAProblem() {
    audit.addLineage(Examples.settlement("a", Fate.STALE));
    audit.addLineage(Examples.versionLineage(1, "a"));

    AuditReport report = audit.report();

    assertThat(report.rollouts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
    assertThat(report.problems())
        .containsExactly("rollouts in a version though settled otherwise: a#0");
  }

  @Test
  void manyProblemsAreShownShort() {
    audit.addLineage(Examples.versionLineage(10, "a"));

    assertThat(audit.report().problems())
        .containsExactly("versions without lineage: 1, 2, 3, 4, 5 and 4 more");
  }

  @Test
  void aPromptOfAnotherTextIsNotTheOneThatWasTrainedUnderItsId() {
    audit.addPrompt(at(0), Optional.of(prompt("a")));
    audit.addPrompt(at(1), Optional.of(new Prompt("b", "Another question?")));
    audit.addLineage(Examples.versionLineage(1, "a", "b"));

    AuditReport report = audit.report();

    assertThat(report.prompts()).isEqualTo(new Counts(2, 1, 0, 0, 0, 1));
    assertThat(report.rollouts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
    assertThat(report.formerPrompts()).isEqualTo(1);
    assertThat(report.problems()).isEmpty();
  }

  @Test
  void whatWasInQuarantineBeforeTheTopicWasCreatedAgainIsNotThePromptThatStandsThereNow() {
    audit.addQuarantined(new RecordCoordinates("prompts", "an earlier topic's", 0, 0));
    audit.addPrompt(at(0), Optional.of(prompt("a")));

    assertThat(audit.report().prompts()).isEqualTo(new Counts(1, 0, 0, 0, 0, 1));
  }

  @Test
  void promptsWithoutIdsOfTheirOwnWereSampledUnderShorterOnesBefore() {
    audit.addPrompt(at(0), Optional.of(prompt(at(0).id())));
    audit.addPrompt(at(1), Optional.of(new Prompt(at(1).id(), "Another question?")));
    audit.addPrompt(at(2), Optional.empty());
    audit.addQuarantined(at(2).withoutTopicId());
    audit.addRollout(Examples.reference("prompts-0-0", 0));
    audit.addRollout(Examples.reference("prompts-0-1", 0));
    audit.addLineage(Examples.versionLineage(1, "prompts-0-0", "prompts-0-1"));

    AuditReport report = audit.report();

    assertThat(report.prompts()).isEqualTo(new Counts(3, 1, 0, 1, 0, 1));
    assertThat(report.formerPrompts()).isEqualTo(1);
  }

  @Test
  void nothingIsSoundToo() {
    assertThat(audit.report().problems()).isEmpty();
    assertThat(audit.report().newestVersion()).isZero();
  }

  private void prompts(String... ids) {
    for (int i = 0; i < ids.length; i++) {
      audit.addPrompt(at(i), Optional.of(prompt(ids[i])));
    }
  }

  private static RecordCoordinates at(long offset) {
    return new RecordCoordinates("prompts", Examples.TOPIC_ID, 0, offset);
  }

  /** What the examples' rollouts answer. */
  private static Prompt prompt(String id) {
    return new Prompt(id, Examples.rollout(id, 0).prompt());
  }
}
