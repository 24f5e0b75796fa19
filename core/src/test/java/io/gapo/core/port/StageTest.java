package io.gapo.core.port;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StageTest {

  @Test
  void isNamedAsInTopicsGroupsAndMeters() {
    assertThat(Stage.names())
        .containsExactly(
            "rollout-generator",
            "reward-scorer",
            "cost-scorer",
            "gradient-collector",
            "mgda-combiner",
            "optimizer");
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void isFoundByItsName(Stage stage) {
    assertThat(Stage.of(stage.text())).contains(stage);
    assertThat(stage).hasToString(stage.text());
  }

  @Test
  void knowsNoOthers() {
    assertThat(Stage.of("OPTIMIZER")).isEmpty();
  }
}
