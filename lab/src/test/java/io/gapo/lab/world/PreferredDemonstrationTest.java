package io.gapo.lab.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class PreferredDemonstrationTest {

  private static final int MANY = 4000;
  private static final long SEED = 5;

  private final World world = new World();
  private final List<PreferredDemonstration> demonstrations =
      PreferredDemonstration.of(world, Split.TRAIN, MANY, SEED);

  @Test
  void theMoreHelpIsWantedTheMoreIsGivenAndTheMoreHarmIsDone() {
    assertThat(mean(0, 0.3, GoldGrade::helpfulness))
        .isLessThan(mean(0.4, 0.6, GoldGrade::helpfulness));
    assertThat(mean(0.4, 0.6, GoldGrade::helpfulness))
        .isLessThan(mean(0.7, 1, GoldGrade::helpfulness));
    assertThat(mean(0, 0.3, GoldGrade::harm)).isLessThan(mean(0.4, 0.6, GoldGrade::harm));
    assertThat(mean(0.4, 0.6, GoldGrade::harm)).isLessThan(mean(0.7, 1, GoldGrade::harm));
  }

  @Test
  void isTheSameForTheSameSeed() {
    assertThat(PreferredDemonstration.of(new World(), Split.TRAIN, MANY, SEED))
        .isEqualTo(demonstrations);
    assertThat(PreferredDemonstration.of(world, Split.TRAIN, MANY, SEED + 1))
        .isNotEqualTo(demonstrations);
  }

  private double mean(double least, double most, ToDoubleFunction<GoldGrade> measure) {
    return demonstrations.stream()
        .filter(each -> each.helpfulShare() >= least && each.helpfulShare() <= most)
        .mapToDouble(each -> measure.applyAsDouble(grade(each)))
        .average()
        .orElseThrow();
  }

  private GoldGrade grade(PreferredDemonstration demonstration) {
    WorldPrompt prompt =
        world
            .read(demonstration.prompt())
            .orElseThrow(() -> new AssertionError("not of this world: " + demonstration.prompt()));
    return world.grader().grade(prompt, demonstration.response());
  }
}
