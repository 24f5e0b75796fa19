package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupRelativeAdvantageTest {

  @Test
  void comparesEachReturnWithTheMeanOfTheOthers() {
    assertThat(GroupRelativeAdvantage.of(new double[] {1, 2, 6}))
        .containsExactly(new double[] {-3, -1.5, 4.5}, within(1e-15));
  }

  @Test
  void aResponseWithoutOthersHasNoAdvantage() {
    assertThat(GroupRelativeAdvantage.of(new double[] {7})).containsExactly(0);
    assertThat(GroupRelativeAdvantage.of(new double[0])).isEmpty();
  }

  @Test
  void equalReturnsHaveNoAdvantageToTheLastBit() {
    assertThat(GroupRelativeAdvantage.of(new double[] {0.1, 0.1, 0.1})).containsExactly(0, 0, 0);
  }

  @Cases
  void advantagesOfAGroupSumToZeroAndIgnoreWhatAllReturnsShare(Draw draw) {
    List<Double> group = draw.list(2, 16, () -> draw.between(-50.0, 50.0));
    double[] returns = group.stream().mapToDouble(Double::doubleValue).toArray();

    double[] advantages = GroupRelativeAdvantage.of(returns);
    double[] shifted = GroupRelativeAdvantage.of(Arrays.stream(returns).map(r -> r + 8).toArray());

    assertThat(Arrays.stream(advantages).sum()).isCloseTo(0, within(1e-10));
    assertThat(shifted).containsExactly(advantages, within(1e-10));
  }
}
