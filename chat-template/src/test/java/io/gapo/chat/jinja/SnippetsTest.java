package io.gapo.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gapo.chat.python.TemplateFault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The language, feature by feature, against jinja2 with transformers' settings. */
class SnippetsTest {

  /**
   * A small template.
   *
   * @param text what jinja2 makes of it, null where it refuses
   */
  record Snippet(String template, @Nullable String text) {

    @Override
    public String toString() {
      return template;
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<Snippet> snippets() throws IOException {
    return StreamSupport.stream(file().path("snippets").spliterator(), false)
        .map(each -> new Snippet(each.path("template").asText(), each.path("text").textValue()));
  }

  private static JsonNode file() throws IOException {
    return JSON.readTree(Path.of("src", "test", "resources", "chat", "snippets.json").toFile());
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void meansWhatItMeansToJinja2(Snippet snippet) throws IOException {
    JsonNode file = file();
    OffsetDateTime now = OffsetDateTime.parse(file.path("now").textValue());
    Clock clock = Clock.fixed(now.toInstant(), now.getOffset());
    Map<String, Object> values =
        JSON.convertValue(
            file.path("values"), new TypeReference<LinkedHashMap<String, Object>>() {});

    if (snippet.text() == null) {
      assertThatExceptionOfType(TemplateFault.class)
          .isThrownBy(() -> JinjaTemplate.parse(snippet.template()).render(values, clock));
    } else {
      assertThat(JinjaTemplate.parse(snippet.template()).render(values, clock))
          .isEqualTo(snippet.text());
    }
  }
}
