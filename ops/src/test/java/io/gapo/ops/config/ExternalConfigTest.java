package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.actors.collector.ScoreArrivals;
import io.gapo.core.ppo.ScoreNormaliser;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExternalConfigTest {

  @Test
  void isScoredByNoRoleAndTrainedOn() {
    GapoConfig config = ObjectiveBlocks.load("{ name = tone, external {} }");

    assertThat(config.objectives())
        .containsExactly(
            new ObjectiveConfig(
                "tone",
                Optional.empty(),
                new ObjectiveConfig.External(),
                false,
                ScoreNormaliser.none(),
                Optional.empty()));
    assertThat(config.objectiveNames()).containsExactly("tone");
  }

  @Test
  void tellsTheCollectorWhereScoresComeFromAndWhen() {
    GapoConfig config =
        ObjectiveBlocks.load(
            """
            { name = tone, external {}, overdue-after = 2m }
            { name = shown, external {}, watch-only = true }
            { name = short, scored-by = cost-scorer, rule { kind = conciseness } }
            """);

    assertThat(config.collector().stage().scores())
        .isEqualTo(
            new ScoreArrivals(
                Set.of("shown"),
                Set.of("tone", "shown"),
                Map.of("tone", Duration.ofMinutes(2), "short", Duration.ofSeconds(20)),
                Duration.ofMinutes(5)));
  }

  @Test
  void cannotBeOpened() {
    GapoConfig config = ObjectiveBlocks.load("{ name = tone, external {} }");

    assertThatThrownBy(() -> new PartSettings(config).objectiveModel(config.objectives().get(0)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("gapo.objectives (tone): a process outside scores it, here is nothing to open");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "external {}, scored-by = cost-scorer | scored-by must not stand beside external {}",
        "external {}, overdue-after = 0s | overdue-after must be longer than 0",
        "external { url = x } | external.url is not a setting",
        "external {}, rule { kind = json } | gapo.objectives[0] must have one of model",
        "watch-only = true, external {} | gapo.objectives are all watch-only",
      })
  void namesTheSettingThatItRefuses(String settings, String complaint) {
    assertThatThrownBy(() -> ObjectiveBlocks.load("{ name = tone, %s }".formatted(settings)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(complaint);
  }
}
