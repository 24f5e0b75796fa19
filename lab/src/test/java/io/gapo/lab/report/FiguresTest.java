package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {

  @Test
  void writesNoMinusBeforeZero() {
    assertThat(Figures.fixed(-1.25, 1)).isEqualTo("−1.3");
    assertThat(Figures.fixed(-0.001, 2)).isEqualTo("0.00");
    assertThat(Figures.fixed(12, 3)).isEqualTo("12.000");
  }

  @Test
  void writesPreferencesAsTheyWereTyped() {
    assertThat(Figures.plain(0.2)).isEqualTo("0.2");
    assertThat(Figures.plain(1 - 0.8)).isEqualTo("0.2");
    assertThat(Figures.plain(10)).isEqualTo("10");
  }

  @Test
  void writesDurations() {
    assertThat(Figures.duration(8.32)).isEqualTo("8.3 s");
    assertThat(Figures.duration(725)).isEqualTo("12 min 5 s");
    assertThat(Figures.duration(6789)).isEqualTo("1 h 53 min");
  }
}
