package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.gapo.core.flow.Backoff;
import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.settings.InvalidSettingException;
import io.gapo.objectives.http.ClassifierInput;
import io.gapo.objectives.http.GapoProtocol;
import io.gapo.objectives.http.Judge;
import io.gapo.objectives.http.OpenRlhf;
import io.gapo.objectives.http.Protocol;
import io.gapo.objectives.http.ServiceSettings;
import io.gapo.objectives.http.TeiPredict;
import io.gapo.objectives.http.VllmClassify;
import io.gapo.ops.config.ObjectiveConfig.Served;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpConfigTest {

  @Test
  void aServiceIsCalledByTheDocumentedDefaults() {
    assertThat(read("url = \"https://scorer:8443/score\""))
        .isEqualTo(
            new HttpConfig(
                new ServiceSettings(
                    URI.create("https://scorer:8443/score"),
                    8,
                    4,
                    Duration.ofSeconds(30),
                    6,
                    new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30)),
                    Duration.ofMinutes(2),
                    5,
                    Duration.ofSeconds(30),
                    1 << 20),
                new GapoProtocol("a"),
                Optional.empty()));
  }

  @Test
  void everySettingHasItsEffect() {
    HttpConfig http =
        read(
            """
            url = "http://127.0.0.1:9/", token-env = TOKEN, batch-size = 1, concurrency = 2,
            timeout = 3s, attempts = 4, min-backoff = 5ms, max-backoff = 6s, max-retry-after = 7s,
            open-after = 8, probe-every = 9s, max-response-bytes = 10 KiB
            """);

    assertThat(http.tokenVariable()).contains("TOKEN");
    assertThat(http.service())
        .isEqualTo(
            new ServiceSettings(
                URI.create("http://127.0.0.1:9/"),
                1,
                2,
                Duration.ofSeconds(3),
                4,
                new Backoff(Duration.ofMillis(5), Duration.ofSeconds(6)),
                Duration.ofSeconds(7),
                8,
                Duration.ofSeconds(9),
                10 << 10));
  }

  @Test
  void readsEveryProtocol(@TempDir Path directory) throws IOException {
    Path rubric = Files.writeString(directory.resolve("rubric.txt"), "Grade {response}");

    assertThat(protocol("protocol = openrlhf")).isEqualTo(new OpenRlhf());
    assertThat(protocol("protocol = tei-predict, class = joy, raw-scores = true"))
        .isEqualTo(new TeiPredict(ClassifierInput.RESPONSE, "joy", true));
    assertThat(protocol("protocol = vllm-classify, model = m, class = 1, reads = conversation"))
        .isEqualTo(new VllmClassify(ClassifierInput.CONVERSATION, "m", 1));
    assertThat(
            protocol(
                "protocol = openai-judge, model = m, rubric = \"%s\", max = 5".formatted(rubric)))
        .isEqualTo(new Judge("m", "Grade {response}", 1, 5, 256));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                                | url is missing",
        "url = \"scorer/score\"            | url must be an http or https address",
        "url = \"file:///etc/passwd\"      | url must be an http or https address",
        "url = \"http://a b\"              | url is no address",
        "url = \"http://me:pw@host/\"      | url must be without a user and password (name a token by token-env), was one with them",
        "url = \"http://h\", protocol = grpc | protocol must be one of gapo, tei-predict",
        "url = \"http://h\", class = 1     | class is not a setting of protocol = gapo: leave it out",
        "url = \"http://h\", attempts = 0  | attempts must be >= 1",
        "url = \"http://h\", concurrency = 0 | concurrency must be from 1 to 256",
        "url = \"http://h\", min-backoff = 1m | max-backoff must be at least min-backoff",
        "url = \"http://h\", token-env = \"Bearer abc\" | token-env must be the name of an environment variable",
        "url = \"http://h\", protocol = tei-predict | class is missing",
        "url = \"http://h\", protocol = openai-judge, model = m, rubric = \"/none\" | rubric cannot be read: /none",
      })
  void namesTheSettingThatItRefuses(String http, String complaint) {
    assertThatThrownBy(() -> read(http))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("gapo.objectives[0].http." + complaint);
  }

  @Test
  void aTokenIsLookedUpWhereTheObjectiveIsOpened() {
    HttpConfig http = read("url = \"http://h\", token-env = TOKEN");

    try (ObjectiveModel model = http.open("a", 1, variable -> "secret")) {
      assertThat(model.objective()).isEqualTo("a");
    }
    assertThatThrownBy(() -> http.open("a", 1, variable -> null))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(
            "token-env names the environment variable TOKEN, which is not set: export it with the"
                + " token in it");
    assertThatThrownBy(() -> http.open("a", 1, variable -> "sec\nret"))
        .hasMessageContaining("whose value has characters that no token has")
        .hasMessageNotContaining("sec\nret");
  }

  private static Protocol protocol(String settings) {
    return read("url = \"http://h\", " + settings).protocol();
  }

  private static HttpConfig read(String http) {
    List<ObjectiveConfig> objectives =
        ObjectiveConfig.from(
            ConfigFactory.parseString(
                "gapo.objectives = [{name = a, scored-by = cost-scorer, http {%s}}]"
                    .formatted(http)));
    return ((Served) objectives.get(0).scoring()).http();
  }
}
