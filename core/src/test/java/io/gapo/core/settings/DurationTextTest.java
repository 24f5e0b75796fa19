package io.gapo.core.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT2S, 2s",
    "PT0.5S, 500ms",
    "PT1.5S, 1500ms",
    "PT90S, 90s",
    "PT2M, 2m",
    "PT48H, 2d",
    "PT3H, 3h",
    "PT0.000002S, 2us",
    "PT0.000000003S, 3ns",
    "PT-2S, -2s",
  })
  void spellsThemAsSettingsDo(Duration duration, String text) {
    assertThat(DurationText.of(duration)).isEqualTo(text);
  }

  @Test
  void spellsTheLongestThereIs() {
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE);

    assertThat(DurationText.of(longest)).isEqualTo(Long.MAX_VALUE + "s");
  }

  @Test
  void roundsWhatWasMeasured() {
    assertThat(DurationText.rounded(Duration.ofMillis(24_678))).isEqualTo("24s");
    assertThat(DurationText.rounded(Duration.ofMillis(678))).isEqualTo("678ms");
  }
}
