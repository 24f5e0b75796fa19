package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoreResolutionTest {

  private static final ScoreResolution SINGLE = ScoreResolution.ofSignificand(24);

  @ParameterizedTest
  @CsvSource({"0", "-3.7", "1e-30", "1e30"})
  void equalScoresTellNothing(double score) {
    assertThat(SINGLE.tellsApart(List.of(new double[] {score, score, score}), 0, 8)).isFalse();
    assertThat(SINGLE.tellsApart(List.of(new double[] {score, score, score}), 0.02, 8)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"24, 2.4e-7", "11, 2e-3", "8, 1.6e-2"})
  void adjacentNumbersInThePrecisionOfTheModelTellNothing(int bits, double ulp) {
    ScoreResolution resolution = ScoreResolution.ofSignificand(bits);

    assertThat(resolution.tellsApart(List.of(new double[] {3, 3 + ulp}), 0, 8)).isFalse();
    assertThat(resolution.tellsApart(List.of(new double[] {3, 3 + 4 * ulp}), 0, 8)).isTrue();
  }

  @Test
  void howLargeScoresAreDoesNotMatter() {
    assertThat(SINGLE.tellsApart(List.of(new double[] {1e-20, 2e-20}), 0, 8)).isTrue();
    assertThat(SINGLE.tellsApart(List.of(new double[] {1e20, 2e20}), 0, 8)).isTrue();
  }

  @Test
  void scoresThatDrownInThePenaltysNoiseTellNothing() {
    // 0.02 times 1e-6 nats, and the root of 100 tokens.
    assertThat(SINGLE.tellsApart(List.of(new double[] {0, 1e-7}), 0.02, 100)).isFalse();
    assertThat(SINGLE.tellsApart(List.of(new double[] {0, 1e-6}), 0.02, 100)).isTrue();
    assertThat(SINGLE.tellsApart(List.of(new double[] {0, 1e-7}), 0, 100)).isTrue();
  }

  @Test
  void onlyResponsesThatAreComparedCount() {
    assertThat(SINGLE.tellsApart(List.of(new double[] {1, 1}, new double[] {5, 5}), 0, 8))
        .isFalse();
    assertThat(SINGLE.tellsApart(List.of(new double[] {1, 1}, new double[] {5, 4}), 0, 8)).isTrue();
    assertThat(SINGLE.tellsApart(List.of(), 0, 8)).isFalse();
  }

  @Test
  void aScoreThatIsNotANumberIsNotTakenForRounding() {
    assertThat(SINGLE.tellsApart(List.of(new double[] {1, Double.NaN}), 0.02, 8)).isTrue();
  }

  @Test
  void rejectsWhatIsNoResolution() {
    assertThatThrownBy(() -> new ScoreResolution(1, 0)).hasMessageContaining("a share below 1");
    assertThatThrownBy(() -> new ScoreResolution(0, Double.NaN)).hasMessageContaining("NaN");
  }
}
