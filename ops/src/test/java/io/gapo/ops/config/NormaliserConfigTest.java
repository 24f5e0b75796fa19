package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.ppo.ScoreNormaliser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormaliserConfigTest {

  @Test
  void reachesTheCollectorInTheObjectivesOrder() {
    GapoConfig config =
        ObjectiveBlocks.load(
            """
            { name = a, external {} }
            { name = b, external {}, normalise { kind = none } }
            { name = shown, external {}, watch-only = true }
            { name = c, external {}, normalise { kind = fixed, shift = 2, scale = 0.5 } }
            { name = d, external {}, normalise { kind = running } }
            { name = e, external {}, normalise { kind = running, window = 8 } }
            """);

    assertThat(config.collector().stage().normalisers())
        .containsExactly(
            ScoreNormaliser.none(),
            ScoreNormaliser.none(),
            new ScoreNormaliser.Fixed(2, 0.5),
            new ScoreNormaliser.Running(50),
            new ScoreNormaliser.Running(8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "shift = 1 | normalise.kind is missing",
        "kind = best | normalise.kind must be one of none, fixed, running, was 'best'",
        "kind = running, scale = 2 | normalise.scale is not a setting of kind = running",
        "kind = fixed, scale = 0 | normalise.scale must be > 0",
        "kind = running, window = 0 | normalise.window must be >= 1",
        "kind = none, size = 3 | normalise.size is not a setting",
      })
  void namesTheSettingThatItRefuses(String normalise, String complaint) {
    assertThatThrownBy(
            () ->
                ObjectiveBlocks.load(
                    "{ name = a, external {}, normalise { %s } }".formatted(normalise)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("gapo.objectives[0]." + complaint);
  }
}
