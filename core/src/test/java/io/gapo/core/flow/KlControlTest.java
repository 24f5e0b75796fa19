package io.gapo.core.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.KlTarget;
import io.gapo.core.step.ImportanceRatios;
import io.gapo.core.step.PolicyStatistics;
import io.gapo.core.step.Staleness;
import io.gapo.core.step.StepExamples;
import io.gapo.core.step.StepStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class KlControlTest {

  private static final KlTarget TARGET = new KlTarget(0.02, 0.1, 64);

  private final KlControl control = new KlControl(Optional.of(TARGET));

  @Test
  void withoutATargetTheSettingsAreUsed() {
    KlControl none = new KlControl(Optional.empty());
    none.read(lineage(1, 0.5, 0.3));

    assertThat(none.coefficient(new PolicyVersion(1))).isEmpty();
  }

  @Test
  void beginsWithTheFirstCoefficientAndFollowsTheLineage() {
    assertThat(coefficient(0)).isEqualTo(0.02);

    control.read(lineage(1, 1, 0.02));
    control.read(lineage(2, 0.1, 0.024));

    assertThat(coefficient(0)).isEqualTo(0.02);
    assertThat(coefficient(1)).isEqualTo(0.02 * 1.2);
    assertThat(coefficient(2)).isEqualTo(0.024);
  }

  /** What a version was made with stands in its lineage: no more of the history is needed. */
  @Test
  void aRestartKnowsWhatWasKnownBeforeFromTheNewestVersionAlone() {
    control.read(lineage(7, 1, 0.3));

    assertThat(coefficient(7)).isEqualTo(0.3 * 1.2);
  }

  @Test
  void aVersionThatIsMadeAgainReplacesWhatWasLearnedOfItAndLaterOnes() {
    control.read(lineage(1, 1, 0.02));
    control.read(lineage(2, 1, 0.024));
    control.read(lineage(1, 0.1, 0.02));

    assertThat(coefficient(1)).isEqualTo(0.02);
    assertThat(coefficient(2)).isEqualTo(0.02);
  }

  @Test
  void versionsFromBeforeCoefficientsWereToldBeginAnew() {
    control.read(lineage(5, 1, Double.NaN));

    assertThat(coefficient(5)).isEqualTo(0.02);
  }

  private double coefficient(long version) {
    OptionalDouble coefficient = control.coefficient(new PolicyVersion(version));
    return coefficient.orElseThrow();
  }

  private static VersionLineage lineage(long version, double kl, double coefficient) {
    VersionLineage plain = StepExamples.lineage(version, 1, "p#0");
    return new VersionLineage(
        plain.version(),
        plain.epoch(),
        plain.direction(),
        new StepStatistics(
            plain.statistics().perObjective(),
            64,
            640,
            new PolicyStatistics(kl, 1, coefficient),
            ImportanceRatios.NONE,
            Staleness.NONE,
            Map.of()),
        plain.update(),
        plain.rollouts(),
        plain.appliedAt(),
        null);
  }
}
