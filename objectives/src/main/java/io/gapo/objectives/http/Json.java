package io.gapo.objectives.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How requests are written and answers read. */
final class Json {

  private static final int MAX_NESTING = 50;

  /** Python writes NaN and Infinity: read here, so that the refusal names the rollout. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  static {
    MAPPER
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build());
  }

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static byte[] bytes(ObjectNode json) {
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values can be written", e);
    }
  }

  static JsonNode read(byte[] body) throws BadAnswerException {
    try (JsonParser parser = MAPPER.createParser(body)) {
      JsonNode answer = MAPPER.readTree(parser);
      if (answer == null) {
        throw new BadAnswerException("an empty body, expected JSON");
      }
      if (parser.nextToken() != null) {
        throw new BadAnswerException("more text after the JSON");
      }
      return answer;
    } catch (IOException e) {
      throw new BadAnswerException("no JSON: " + Excerpt.of(body));
    }
  }

  /** A JSON value that was text; null if it is none. */
  static JsonNode parsed(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      return JsonNodeFactory.instance.nullNode();
    }
  }

  /**
   * The elements of a list that has one for each of {@code expected} rollouts.
   *
   * @param name of the list, as the message has it
   */
  static List<JsonNode> list(String name, JsonNode list, int expected) throws BadAnswerException {
    if (!list.isArray()) {
      throw new BadAnswerException("no list of numbers under '%s'".formatted(name));
    }
    if (list.size() != expected) {
      throw new BadAnswerException(
          "%s values under '%s', expected %s, one a rollout"
              .formatted(list.size(), name, expected));
    }
    List<JsonNode> elements = new ArrayList<>();
    list.forEach(elements::add);
    return elements;
  }
}
