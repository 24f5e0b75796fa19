package io.gapo.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubSettingsTest {

  private static final Path USER = Path.of(System.getProperty("user.home"));

  @Test
  void asksHuggingFaceAndKeepsModelsInItsCacheByDefault() {
    HubSettings settings = HubSettings.from(Map.of());

    assertThat(settings.endpoint()).hasToString("https://huggingface.co");
    assertThat(settings.cache()).isEqualTo(USER.resolve(".cache/huggingface/hub"));
    assertThat(settings.token()).isEmpty();
    assertThat(settings.offline()).isFalse();
  }

  @Test
  void findsTheCacheAsHuggingfaceHubDoes() {
    assertThat(HubSettings.from(Map.of("XDG_CACHE_HOME", "/x")).cache())
        .hasToString("/x/huggingface/hub");
    assertThat(HubSettings.from(Map.of("HF_HOME", "~/h", "XDG_CACHE_HOME", "/x")).cache())
        .isEqualTo(USER.resolve("h/hub"));
    assertThat(HubSettings.from(Map.of("HF_HUB_CACHE", "/c", "HF_HOME", "/h")).cache())
        .hasToString("/c");
  }

  @Test
  void isOfflineWhenTold() {
    assertThat(HubSettings.from(Map.of("HF_HUB_OFFLINE", "yes")).offline()).isTrue();
    assertThat(HubSettings.from(Map.of("HF_HUB_OFFLINE", "0")).offline()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"huggingface.co", "ftp://hub", "https://me:pass@hub", "https://hub?x=1"})
  void refusesAnEndpointThatIsNoHubsWithoutRepeatingIt(String endpoint) {
    assertThatThrownBy(() -> HubSettings.from(Map.of("HF_ENDPOINT", endpoint)))
        .isInstanceOf(HubException.class)
        .hasMessageContaining("HF_ENDPOINT")
        .hasMessageNotContaining("pass");
  }

  @Test
  void neverShowsTheToken() {
    HubSettings settings = HubSettings.from(Map.of("HF_TOKEN", " hf_secret\n"));

    assertThat(settings.token()).contains(new HubToken("hf_secret"));
    assertThat(settings.toString()).doesNotContain("hf_secret");
    assertThatThrownBy(() -> HubSettings.from(Map.of("HF_TOKEN", "hf_secret\nX: y")))
        .hasMessageContaining("HF_TOKEN")
        .hasMessageNotContaining("hf_secret");
  }

  @Test
  void doesNotSendATokenUnencryptedToAnotherMachine() {
    assertThatThrownBy(
            () ->
                HubSettings.from(
                    Map.of("HF_TOKEN", "hf_secret", "HF_ENDPOINT", "http://192.0.2.1:8080")))
        .hasMessageContaining("unencrypted")
        .hasMessageNotContaining("hf_secret");
  }
}
