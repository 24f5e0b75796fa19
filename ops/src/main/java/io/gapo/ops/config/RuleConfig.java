package io.gapo.ops.config;

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
import io.gapo.objectives.rule.SameLanguage;
import io.gapo.objectives.rule.Sentiment;
import io.gapo.objectives.rule.WordChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads an objective's {@code rule} block; reference.conf explains the kinds and their ranges. */
final class RuleConfig {

  private static final int DEFAULT_TARGET_TOKENS = 32;
  private static final int DEFAULT_N_GRAM = 3;

  /** The rules that there are. */
  private enum Kind {
    CONCISENESS,
    LENGTH_BAND,
    REGEX,
    EXACT_MATCH,
    NUMERIC_MATCH,
    JSON,
    REPETITION,
    WORDS,
    SENTIMENT,
    READING_EASE,
    SAME_LANGUAGE
  }

  private RuleConfig() {}

  static Rule from(Block rule) {
    if (!rule.has("kind")) {
      throw rule.refusal("kind", "is missing: name a rule, for example conciseness");
    }
    Kind kind = rule.oneOf("kind", Kind.class);
    rule.requireOnly(Set.of("kind"), keys(kind), "kind = " + rule.text("kind"));
    return rule.make(() -> rule(kind, rule));
  }

  /** What its block may have beside {@code kind}. */
  private static Set<String> keys(Kind kind) {
    return switch (kind) {
      case CONCISENESS -> Set.of("target-tokens");
      case LENGTH_BAND -> Set.of("unit", "min", "max");
      case REGEX -> Set.of("pattern");
      case EXACT_MATCH -> Set.of("ignore-case");
      case NUMERIC_MATCH -> Set.of("tolerance");
      case JSON -> Set.of("schema");
      case REPETITION -> Set.of("size");
      case WORDS -> Set.of("required", "forbidden");
      case SENTIMENT, READING_EASE, SAME_LANGUAGE -> Set.of();
    };
  }

  private static Rule rule(Kind kind, Block rule) {
    return switch (kind) {
      case CONCISENESS -> new Conciseness(rule.wholeNumber("target-tokens", DEFAULT_TARGET_TOKENS));
      case LENGTH_BAND ->
          new LengthBand(
              rule.has("unit") ? rule.oneOf("unit", LengthUnit.class) : LengthUnit.TOKENS,
              rule.wholeNumber("min", 0),
              whole(rule, "max"));
      case REGEX -> RegularExpression.of(rule.required("pattern"));
      case EXACT_MATCH -> new ExactMatch(rule.has("ignore-case") && rule.flag("ignore-case"));
      case NUMERIC_MATCH -> new NumericMatch(rule.has("tolerance") ? rule.number("tolerance") : 0);
      case JSON ->
          new JsonFormat(
              rule.has("schema")
                  ? Optional.of(JsonSchema.read(Path.of(rule.text("schema"))))
                  : Optional.empty());
      case REPETITION -> new Repetition(rule.wholeNumber("size", DEFAULT_N_GRAM));
      case WORDS -> new WordChoice(texts(rule, "required"), texts(rule, "forbidden"));
      case SENTIMENT -> new Sentiment();
      case READING_EASE -> new ReadingEase();
      case SAME_LANGUAGE -> new SameLanguage();
    };
  }

  private static List<String> texts(Block rule, String name) {
    return rule.has(name) ? rule.texts(name) : List.of();
  }

  private static int whole(Block rule, String name) {
    rule.required(name);
    return rule.wholeNumber(name);
  }
}
