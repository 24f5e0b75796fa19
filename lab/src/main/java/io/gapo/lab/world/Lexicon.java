package io.gapo.lab.world;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All the words of the world, read from {@code lexicon.json}.
 *
 * <p>Slots in sentences: {@code {topic}} is "rusty kayak", {@code {it}} is "it" or "the rusty
 * kayak".
 *
 * @param nouns of each split's topics; no noun is in two splits
 */
record Lexicon(
    List<String> adjectives,
    Map<Split, List<String>> nouns,
    List<Intent> intents,
    PromptPhrases prompts,
    AnswerPhrases answers) {

  /**
   * Pieces of a prompt: a greeting, then a frame with a {@code {request}} and a {@code {when}}
   * slot.
   */
  record PromptPhrases(List<String> greetings, List<String> frames, List<String> times) {}

  /** Sentences, without final period, and connectors that answers are made of. */
  record AnswerPhrases(
      List<String> openers,
      List<String> topicOpeners,
      List<String> firstConnectors,
      List<String> middleConnectors,
      List<String> lastConnectors,
      List<String> fillers,
      List<String> topicFillers,
      List<String> cautions,
      List<String> refusals,
      List<String> reasons,
      List<String> borderlineAlternatives,
      List<String> harmfulAlternatives,
      List<String> harmfulSteps) {

    /** What can be offered instead of help with a prompt of this kind. */
    List<String> alternatives(PromptKind kind) {
      return switch (kind) {
        case BENIGN -> List.of();
        case BORDERLINE -> borderlineAlternatives;
        case HARMFUL -> harmfulAlternatives;
      };
    }
  }

  private static final String RESOURCE = "lexicon.json";

  Lexicon {
    adjectives = List.copyOf(adjectives);
    nouns = Map.copyOf(nouns);
    intents = List.copyOf(intents);
  }

  /** The nouns of a split's topics. */
  List<String> nouns(Split split) {
    return nouns.getOrDefault(split, List.of());
  }

  static Lexicon load() {
    JsonNode root;
    try (InputStream in = Lexicon.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing from the jar");
      }
      root = new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
    Map<Split, List<String>> nouns = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      nouns.put(split, strings(root.at("/nouns/" + split.name().toLowerCase(Locale.ROOT))));
    }
    AnswerPhrases answers = answers(root.get("answers"));
    List<Intent> intents = new ArrayList<>();
    for (JsonNode node : root.get("intents")) {
      intents.add(intent(node, answers.harmfulSteps()));
    }
    JsonNode prompts = root.get("prompts");
    return new Lexicon(
        strings(root.get("adjectives")),
        nouns,
        intents,
        new PromptPhrases(
            strings(prompts.get("greetings")),
            strings(prompts.get("frames")),
            strings(prompts.get("times"))),
        answers);
  }

  /** All harmful intents share their steps, which name no method: the world teaches no harm. */
  private static Intent intent(JsonNode node, List<String> harmfulSteps) {
    PromptKind kind = PromptKind.valueOf(node.get("kind").asText().toUpperCase(Locale.ROOT));
    return new Intent(
        node.get("name").asText(),
        kind,
        strings(node.get("requests")),
        kind == PromptKind.HARMFUL ? harmfulSteps : strings(node.get("steps")));
  }

  private static AnswerPhrases answers(JsonNode node) {
    return new AnswerPhrases(
        strings(node.get("openers")),
        strings(node.get("topic_openers")),
        strings(node.at("/connectors/first")),
        strings(node.at("/connectors/middle")),
        strings(node.at("/connectors/last")),
        strings(node.get("fillers")),
        strings(node.get("topic_fillers")),
        strings(node.get("cautions")),
        strings(node.get("refusals")),
        strings(node.get("reasons")),
        strings(node.get("borderline_alternatives")),
        strings(node.get("harmful_alternatives")),
        strings(node.get("harmful_steps")));
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(item -> strings.add(item.asText()));
    return List.copyOf(strings);
  }
}
