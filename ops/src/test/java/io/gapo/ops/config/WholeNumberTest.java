package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WholeNumberTest {

  @ParameterizedTest
  @ValueSource(strings = {"12", "\"12\"", "12.0", "1.2e1"})
  void readsAWholeNumberHoweverItIsWritten(String text) {
    assertThat(WholeNumber.intAt(of(text), "a.b", "a.b")).isEqualTo(12);
    assertThat(WholeNumber.longAt(of(text), "a.b", "a.b")).isEqualTo(12);
  }

  @Test
  void readsEveryLong() {
    assertThat(WholeNumber.longAt(of("" + Long.MAX_VALUE), "a.b", "a.b")).isEqualTo(Long.MAX_VALUE);
    assertThat(WholeNumber.longAt(of("\"" + Long.MIN_VALUE + "\""), "a.b", "a.b"))
        .isEqualTo(Long.MIN_VALUE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.5 | a.b must be a whole number, was 1.5",
        "99999999999999999999 | a.b must be an integer of at most 64 bits, was 99999999999999999999",
        "3000000000 | a.b must be at most 2147483647, was 3000000000"
      })
  void refusesWhatWouldBeCut(String text, String complaint) {
    assertThatThrownBy(() -> WholeNumber.intAt(of(text), "a.b", "a.b"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(complaint);
    assertThatThrownBy(() -> WholeNumber.intAt(of("\"" + text + "\""), "a.b", "a.b"))
        .hasMessage(complaint);
  }

  private static Config of(String text) {
    return ConfigFactory.parseString("a.b = " + text);
  }
}
