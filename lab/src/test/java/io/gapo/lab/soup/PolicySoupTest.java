package io.gapo.lab.soup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.safetensors.TensorValues;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicySoupTest {

  private static final NamedTensor FIRST = tensor("norm", 1, -2, 4);
  private static final NamedTensor SECOND = tensor("norm", 5, 2, 0);

  @Test
  void interpolatesEveryElement() {
    List<NamedTensor> mixed =
        PolicySoup.mix(List.of(List.of(FIRST), List.of(SECOND)), List.of(1.0, 3.0));

    assertThat(mixed).hasSize(1);
    assertThat(TensorValues.toFloats(mixed.get(0))).containsExactly(4, 1, 1);
    assertThat(mixed.get(0).name()).isEqualTo("norm");
  }

  @Test
  void oneWithAllTheWeightIsThatPolicy() {
    List<NamedTensor> mixed =
        PolicySoup.mix(List.of(List.of(FIRST), List.of(SECOND)), List.of(0.0, 0.2));

    assertThat(TensorValues.toFloats(mixed.get(0))).containsExactly(5, 2, 0);
  }

  @Test
  void mixesNarrowTensorsInSinglePrecision() {
    NamedTensor narrow = TensorValues.convert(FIRST, DataType.F16);

    NamedTensor mixed =
        PolicySoup.mix(List.of(List.of(narrow), List.of(SECOND)), List.of(0.5, 0.5)).get(0);

    assertThat(mixed.dataType()).isEqualTo(DataType.F32);
    assertThat(TensorValues.toFloats(mixed)).containsExactly(3, 0, 2);
  }

  @Test
  void namesTheTensorInWhichPoliciesDiffer() {
    assertThatThrownBy(() -> PolicySoup.mix(List.of(List.of(FIRST), List.of()), List.of(1.0, 1.0)))
        .hasMessageContaining("'norm' is [3] in the first policy and missing in policy 2");
    assertThatThrownBy(
            () ->
                PolicySoup.mix(
                    List.of(List.of(FIRST), List.of(tensor("norm", 1))), List.of(1.0, 1.0)))
        .hasMessageContaining("[1] in policy 2");
    assertThatThrownBy(
            () ->
                PolicySoup.mix(
                    List.of(List.of(FIRST), List.of(SECOND, tensor("head", 1))), List.of(1.0, 1.0)))
        .hasMessageContaining("policy 2 has a tensor 'head'");
  }

  @Test
  void refusesWhatIsNotFiniteEvenWithNoWeight() {
    NamedTensor broken = tensor("norm", 1, Float.NaN, Float.POSITIVE_INFINITY);

    assertThatThrownBy(
            () -> PolicySoup.mix(List.of(List.of(broken), List.of(SECOND)), List.of(0.0, 1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tensor 'norm' of policy 1 holds NaN or infinity");
  }

  @Test
  void rejectsWeightsThatDoNotFit() {
    List<List<NamedTensor>> two = List.of(List.of(FIRST), List.of(SECOND));

    assertThatThrownBy(() -> PolicySoup.mix(two, List.of(1.0)))
        .hasMessageContaining("a weight for each of 2");
    assertThatThrownBy(() -> PolicySoup.mix(two, List.of(1.0, -1.0)))
        .hasMessageContaining("[1.0, -1.0]");
    assertThatThrownBy(() -> PolicySoup.mix(two, List.of(0.0, 0.0)))
        .hasMessageContaining("not all 0");
  }

  private static NamedTensor tensor(String name, float... values) {
    return TensorValues.tensor(name, new long[] {values.length}, values);
  }
}
