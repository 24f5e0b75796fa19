package io.gapo.objectives.rule;

import static io.gapo.objectives.Responses.saying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormatRulesTest {

  private static final String SCHEMA =
      """
      {"type": "object", "required": ["answer"],
       "properties": {"answer": {"type": "string", "pattern": "^(a+)+$"}}}
      """;

  private final JsonFormat json = new JsonFormat(Optional.empty());

  @Test
  void anExpressionIsFoundAnywhereUnlessItSaysOtherwise() {
    assertThat(RegularExpression.of("<b>.*</b>").score(saying("so <b>4</b>!"))).isEqualTo(1);
    assertThat(RegularExpression.of("\\A[a-z]+\\z").score(saying("so 4"))).isEqualTo(0);
  }

  @Test
  void anExpressionThatWouldBacktrackForYearsAnswers() {
    assertThat(RegularExpression.of("^(a+)+$").score(saying("a".repeat(20_000) + "b")))
        .isEqualTo(0);
  }

  @Test
  void refusesWhatRe2DoesNotKnow() {
    assertThatThrownBy(() -> RegularExpression.of("(a)\\1"))
        .hasMessageStartingWith("pattern is no regular expression of RE2");
  }

  @Test
  void jsonIsOneWholeValue() {
    assertThat(json.score(saying(" {\"a\": [1, null]}\n"))).isEqualTo(1);
    assertThat(json.score(saying("17"))).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"a\": 1} so",
        "{'a': 1}",
        "```json\n{}\n```",
        "{\"a\":1,\"a\":2}",
        "NaN"
      })
  void otherTextIsNoJson(String response) {
    assertThat(json.score(saying(response))).isEqualTo(0);
  }

  @Test
  void deeplyNestedJsonIsNone() {
    assertThat(json.score(saying("[".repeat(100_000) + "]".repeat(100_000)))).isEqualTo(0);
  }

  @Test
  void jsonThatDoesNotFitTheSchemaScoresHalf(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("answer.json"), SCHEMA);
    JsonFormat rule = new JsonFormat(Optional.of(JsonSchema.read(file)));

    assertThat(rule.score(saying("{\"answer\": \"aaa\"}"))).isEqualTo(1);
    assertThat(rule.score(saying("{\"answer\": 4}"))).isEqualTo(0.5);
    assertThat(rule.score(saying("{\"answer\": \"" + "a".repeat(20_000) + "b\"}"))).isEqualTo(0.5);
    assertThat(rule.score(saying("so {}"))).isEqualTo(0);
  }

  @Test
  void saysWhatIsWrongWithASchema(@TempDir Path directory) throws IOException {
    Path none = directory.resolve("none.json");
    Path broken = Files.writeString(directory.resolve("broken.json"), "{\"type\":");
    Path unknown =
        Files.writeString(directory.resolve("pattern.json"), "{\"pattern\": \"(a)\\\\1\"}");

    assertThatThrownBy(() -> JsonSchema.read(none)).hasMessageStartingWith("schema cannot be read");
    assertThatThrownBy(() -> JsonSchema.read(broken)).hasMessageContaining("is no JSON schema");
    assertThatThrownBy(() -> JsonSchema.read(unknown)).hasMessageContaining("is no JSON schema");
  }
}
