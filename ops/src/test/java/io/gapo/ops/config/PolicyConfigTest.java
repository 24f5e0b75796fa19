package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.runtime.lora.LoraSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyConfigTest {

  private static PolicyConfig read(Map<String, Object> settings) {
    return PolicyConfig.from(ConfigFiles.load(Optional.empty(), settings, Map.of()));
  }

  @Test
  void trainsEverythingUnlessARankIsSet() {
    assertThat(read(Map.of()).lora()).isEmpty();
    assertThat(read(Map.of("gapo.policy.lora.rank", 8)).lora()).map(LoraSettings::rank).contains(8);
  }

  @Test
  void namesTheSettingThatItRejects() {
    assertThatThrownBy(() -> read(Map.of("gapo.policy.lora.rank", 0)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("gapo.policy.lora.rank");
    assertThatThrownBy(
            () ->
                read(
                    Map.of(
                        "gapo.policy.lora.rank", 8, "gapo.policy.lora.targets", List.of("embed"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("gapo.policy.lora.targets")
        .hasMessageContaining("embed");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-300, 1e308})
  void namesTheAlphaThatSinglePrecisionCannotHold(double alpha) {
    assertThatThrownBy(
            () -> read(Map.of("gapo.policy.lora.rank", 8, "gapo.policy.lora.alpha", alpha)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("gapo.policy.lora.alpha must be > 0 and within the range of float32");
  }

  @Test
  void namesTheRankThatThePolicyHasNoRoomFor() {
    Path policy = Path.of("..", "demo", "policy");
    read(Map.of()).requireFittingAdapter(policy);
    read(Map.of("gapo.policy.lora.rank", 8)).requireFittingAdapter(policy);
    PolicyConfig larger = read(Map.of("gapo.policy.lora.rank", 1_000_000));

    assertThatThrownBy(() -> larger.requireFittingAdapter(policy))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(
            "gapo.policy.lora.rank does not fit " + policy, "LoRA rank must be <= ", "was 1000000");
  }

  @Test
  void wantsAnAdaptersDirectoryOrARankAndNotBoth(@TempDir Path adapter) {
    assertThat(read(Map.of("gapo.policy.adapter", adapter.toString())).adapter())
        .isEqualTo(adapter.toString());
    assertThatThrownBy(
            () -> read(Map.of("gapo.policy.adapter", adapter.resolve("absent").toString())))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("gapo.policy.adapter")
        .hasMessageContaining("absent");
    assertThatThrownBy(
            () ->
                read(Map.of("gapo.policy.adapter", adapter.toString(), "gapo.policy.lora.rank", 8)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("both set");
  }
}
