package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.gapo.core.port.Stage;
import io.gapo.objectives.rule.Conciseness;
import io.gapo.objectives.rule.ExactMatch;
import io.gapo.objectives.rule.JsonFormat;
import io.gapo.objectives.rule.JsonSchema;
import io.gapo.objectives.rule.LengthBand;
import io.gapo.objectives.rule.LengthUnit;
import io.gapo.objectives.rule.NumericMatch;
import io.gapo.objectives.rule.ReadingEase;
import io.gapo.objectives.rule.RegularExpression;
import io.gapo.objectives.rule.Repetition;
import io.gapo.objectives.rule.Rule;
import io.gapo.objectives.rule.RuleObjective;
import io.gapo.objectives.rule.SameLanguage;
import io.gapo.objectives.rule.Sentiment;
import io.gapo.objectives.rule.WordChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleConfigTest {

  @Test
  void readsEveryKindOfRule(@TempDir Path directory) throws IOException {
    Path schema = Files.writeString(directory.resolve("schema.json"), "{\"type\": \"array\"}");
    Map<String, Rule> rules = new LinkedHashMap<>();
    rules.put("kind = conciseness, target-tokens = 9", new Conciseness(9));
    rules.put("kind = length-band, max = 8", new LengthBand(LengthUnit.TOKENS, 0, 8));
    rules.put(
        "kind = length-band, unit = words, min = 2, max = 8",
        new LengthBand(LengthUnit.WORDS, 2, 8));
    rules.put("kind = exact-match", new ExactMatch(false));
    rules.put("kind = exact-match, ignore-case = true", new ExactMatch(true));
    rules.put("kind = numeric-match", new NumericMatch(0));
    rules.put("kind = numeric-match, tolerance = 0.1", new NumericMatch(0.1));
    rules.put("kind = json", new JsonFormat(Optional.empty()));
    rules.put(
        "kind = json, schema = \"%s\"".formatted(schema),
        new JsonFormat(Optional.of(JsonSchema.read(schema))));
    rules.put("kind = repetition", new Repetition(3));
    rules.put(
        "kind = words, required = [a b], forbidden = [c]",
        new WordChoice(List.of("a b"), List.of("c")));
    rules.put("kind = reading-ease", new ReadingEase());

    for (Map.Entry<String, Rule> rule : rules.entrySet()) {
      assertThat(read(rule.getKey()))
          .containsExactly(
              new ObjectiveConfig(
                  "a",
                  Stage.COST_SCORER,
                  new ObjectiveConfig.Rule(new RuleObjective("a", rule.getValue()))));
    }
  }

  @Test
  void readsRulesThatHaveNoEquals() {
    assertThat(rule("kind = regex, pattern = \"a+\"")).isInstanceOf(RegularExpression.class);
    assertThat(rule("kind = sentiment")).isInstanceOf(Sentiment.class);
    assertThat(rule("kind = same-language")).isEqualTo(new SameLanguage());
  }

  @Test
  void whatIsOnlyWatchedIsScoredAndNotTrainedOn() {
    List<ObjectiveConfig> objectives =
        ObjectiveConfig.from(
            ConfigFactory.parseString(
                """
                gapo.objectives = [
                  { name = a, scored-by = cost-scorer, rule { kind = sentiment } }
                  { name = b, scored-by = cost-scorer, watch-only = true, rule { kind = json } }
                ]
                """));

    assertThat(objectives).extracting(ObjectiveConfig::watchOnly).containsExactly(false, true);
    assertThatThrownBy(
            () ->
                ObjectiveConfig.from(
                    ConfigFactory.parseString(
                        "gapo.objectives = [{ name = b, scored-by = cost-scorer, watch-only = true,"
                            + " rule { kind = json } }]")))
        .hasMessageContaining("gapo.objectives are all watch-only");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "kind = wit | gapo.objectives[0].rule.kind must be one of conciseness, length-band, regex",
        "`` | gapo.objectives[0].rule.kind is missing: name a rule",
        "kind = sentiment, max = 3 | rule.max is not a setting of kind = sentiment: leave it out",
        "kind = length-band | rule.max is missing: gapo.objectives[0].rule needs it",
        "kind = length-band, min = 3, max = 2 | rule.max must be at least 1 and at least min, was 2",
        "kind = regex, pattern = \"(?=a)\" | rule.pattern is no regular expression of RE2",
        "kind = json, schema = \"/none.json\" | rule.schema cannot be read: /none.json",
        "kind = words | rule.required must be at least one word where forbidden has none",
      })
  void namesTheSettingThatItRefuses(String rule, String complaint) {
    assertThatThrownBy(() -> read(rule))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("gapo.objectives[0].")
        .hasMessageContaining(complaint);
  }

  private static Rule rule(String settings) {
    return ((ObjectiveConfig.Rule) read(settings).get(0).scoring()).rule().rule();
  }

  private static List<ObjectiveConfig> read(String rule) {
    return ObjectiveConfig.from(
        ConfigFactory.parseString(
            "gapo.objectives = [{name = a, scored-by = cost-scorer, rule {%s}}]".formatted(rule)));
  }
}
