package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AxisTest {

  @Test
  void leavesRoomAroundWhatItHolds() {
    assertThat(Axis.around("a", DoubleStream.of(1, Double.NaN, -1), 0.25))
        .isEqualTo(new Axis("a", -1.5, 1.5));
  }

  @Test
  void hasALengthEvenIfNothingEverChanges() {
    assertThat(Axis.around("a", DoubleStream.of(2, 2), 0.1)).isEqualTo(new Axis("a", 1.5, 2.5));
    assertThat(Axis.around("a", DoubleStream.of(1, 1 + 1e-12), 0.1).size()).isGreaterThan(0.9);
  }
}
