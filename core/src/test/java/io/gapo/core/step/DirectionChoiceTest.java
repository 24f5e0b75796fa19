package io.gapo.core.step;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GradientAdaptive;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.KlWatch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DirectionChoiceTest {

  private static final StepId STEP = new StepId(new PolicyVersion(3), 1, "collector-0");

  private static final MethodMemory MEMORY =
      MethodMemory.of("a method", Map.of("helpful", List.of(0.25)));

  private final DirectionChoice choice =
      new DirectionChoice(new GradientAdaptive(1), new KlWatch(0.5));

  @Test
  void belowTheBoundTheObjectivesAreCombined() {
    GramMatrix gram = GramMatrix.of(new double[][] {{4, 1}, {1, 16}});

    UpdateDirection direction = choice.choose(gradients(gram, 0.5));

    assertThat(direction)
        .isEqualTo(new UpdateDirection(STEP, new GradientAdaptive(1).combine(gram), 0, gram));
  }

  @Test
  void pastTheBoundTheStepOnlyPullsBack() {
    GramMatrix gram = GramMatrix.of(new double[][] {{4, 1}, {1, 16}});

    UpdateDirection direction = choice.choose(gradients(gram, 0.6));

    assertThat(direction)
        .isEqualTo(new UpdateDirection(STEP, Combination.none(2).remembering(MEMORY), 1, gram));
  }

  @Test
  void aParetoStationaryPointHasNoDirectionAndIsNotHeldBack() {
    GramMatrix opposed = GramMatrix.of(new double[][] {{4, -8}, {-8, 16}});

    UpdateDirection direction = choice.choose(gradients(opposed, 0));

    assertThat(direction.klWeight()).isZero();
    assertThat(opposed.norm(direction.combination().weights())).isZero();
    assertThat(direction.combination().dualityGap()).isZero();
  }

  @Test
  void anAuditComparesWithTheChoiceByEverythingTrainable() {
    DirectionChoice mgda = new DirectionChoice(GradientAdaptive.mgda(), new KlWatch(0.5));
    GramMatrix lastLayer = GramMatrix.of(new double[][] {{1, 0}, {0, 3}});
    GramMatrix full = GramMatrix.of(new double[][] {{1, 0}, {0, 1}});

    ScopeAudit audit =
        requireNonNull(mgda.choose(gradients(lastLayer, Optional.of(full), 0)).audit());

    assertThat(audit.alpha()).containsExactly(0.5, 0.5);
    // Chosen were (3/4, 1/4); by everything trainable (1/2, 1/2).
    assertThat(audit.cosine()).isCloseTo(2 / Math.sqrt(5), within(1e-12));
    assertThat(audit.gram()).isEqualTo(full);
  }

  @Test
  void whereAChoiceHasNoDirectionThereIsNoAngle() {
    GramMatrix opposed = GramMatrix.of(new double[][] {{1, -1}, {-1, 1}});
    GramMatrix free = GramMatrix.of(new double[][] {{1, 0}, {0, 1}});

    ScopeAudit audit =
        requireNonNull(choice.choose(gradients(free, Optional.of(opposed), 0)).audit());

    assertThat(audit.cosine()).isNaN();
  }

  private static ObjectiveGradients gradients(GramMatrix gram, double kl) {
    return gradients(gram, Optional.empty(), kl);
  }

  private static ObjectiveGradients gradients(
      GramMatrix gram, Optional<GramMatrix> full, double kl) {
    StepStatistics statistics =
        new StepStatistics(
            List.of(ObjectiveStatistics.none("helpful"), ObjectiveStatistics.none("harmless")),
            8,
            80,
            new PolicyStatistics(kl, 1, 0.02),
            ImportanceRatios.NONE,
            Staleness.NONE,
            Map.of());
    return new ObjectiveGradients(
        STEP, new MeasuredBatch(gram, full, statistics, Optional.empty()), List.of(), MEMORY);
  }
}
