package io.gapo.objectives.rule;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.gapo.core.rollout.Rollout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * 1 if the whole response is JSON and fits the schema, if there is one; 0.5 if it is JSON that does
 * not fit; 0 if it is none. Range: 0 to 1. An object that has a key twice is no JSON here.
 */
public record JsonFormat(Optional<JsonSchema> schema) implements Rule {

  private static final int MAX_NESTING = 100;
  private static final double OTHER_JSON = 0.5;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
          .build();

  @Override
  public double score(Rollout rollout) {
    String response = rollout.response();
    if (!isJson(response)) {
      return 0;
    }
    return schema.isEmpty() || schema.get().accepts(response) ? 1 : OTHER_JSON;
  }

  /** One value, and nothing after it. */
  private static boolean isJson(String text) {
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (JsonProcessingException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("a string reader does not fail", e);
    }
  }
}
