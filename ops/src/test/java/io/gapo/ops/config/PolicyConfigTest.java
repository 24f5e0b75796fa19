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
