package io.gapo.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hub may answer that must not get far. */
class HubRefusalsTest {

  @TempDir private Path home = Path.of("set by JUnit");
  private FetchExamples examples;

  @BeforeEach
  void startAHub() throws IOException {
    examples = new FetchExamples(home);
  }

  @AfterEach
  void stopTheHub() {
    examples.close();
  }

  @ParameterizedTest
  @CsvSource({
    "401, no such model or does not show it",
    "403, accept the model's licence",
    "404, no such model or revision",
    "418, answers 418"
  })
  void saysWhatARefusalMeansAndDoesNotTryAgain(int status, String meaning) {
    examples.hub.failNext(status, "", 1);
    examples.environment.put("HF_TOKEN", "hf_secret");

    assertThatThrownBy(examples::fetch)
        .isInstanceOf(HubException.class)
        .hasMessageContaining(LocalHub.REPOSITORY)
        .hasMessageContaining(meaning)
        .hasMessageNotContaining("hf_secret");
    assertThat(examples.pauses).isEmpty();
  }

  @Test
  void givesUpAfterAsManyAttemptsAsAreAllowed() {
    examples.hub.failNext(500, "", 100);

    assertThatThrownBy(examples::fetch)
        .hasMessageContaining("failed 4 times")
        .hasMessageContaining("500");
    assertThat(examples.hub.requests()).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside.safetensors",
        "/etc/config.json",
        "a/../../config.json",
        "..\\\\config.json",
        "line\\nbreak.safetensors",
        ""
      })
  void refusesARepositoryWithANameThatLeavesTheDirectory(String name) {
    examples.hub.answerListing(
        "{\"sha\": \"%s\", \"siblings\": [{\"rfilename\": \"%s\"}]}"
            .formatted(LocalHub.COMMIT, name)
            .getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(examples::fetch)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("leave the model's directory");
    assertThat(home.resolve("hub")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../../evil", "abc", "d41d8cd98f00b204e9800998ecf8427e"})
  void refusesAFileWhoseNameInTheCacheWouldNotBeAChecksum(String etag) {
    examples.hub.announce("config.json", etag);

    assertThatThrownBy(examples::fetch).hasMessageContaining("cannot be checked");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>not a hub</html>",
        "{}",
        "{\"sha\": \"../../evil\", \"siblings\": []}",
        "[]"
      })
  void refusesWhatIsNoListing(String answer) {
    examples.hub.answerListing(answer.getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(examples::fetch)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("HF_ENDPOINT");
  }

  @Test
  void doesNotReadAListingWithoutEnd() {
    examples.hub.answerListing(new byte[(16 << 20) + 1]);

    assertThatThrownBy(examples::fetch).hasMessageContaining("longer than");
  }

  @Test
  void refusesAModelThatHasPicklesOnly() {
    examples.hub.answerListing(
        "{\"sha\": \"%s\", \"siblings\": [{\"rfilename\": \"pytorch_model.bin\"}]}"
            .formatted(LocalHub.COMMIT)
            .getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(examples::fetch)
        .hasMessageContaining("pickles")
        .hasMessageContaining("convert");
  }
}
