package io.gapo.ops.feed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Rows as trees, parsed within bounds. */
public final class RowJson {

  private static final int MAX_NESTING = 64;

  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private RowJson() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** The object in a row; empty if it holds none. */
  public static Optional<ObjectNode> read(byte[] row) {
    return parse(row).filter(JsonNode::isObject).map(ObjectNode.class::cast);
  }

  /** The object in a text; empty if it holds none. */
  static Optional<ObjectNode> read(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<JsonNode> parse(byte[] row) {
    try {
      return Optional.ofNullable(MAPPER.readTree(row));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static byte[] write(ObjectNode row) {
    try {
      return MAPPER.writeValueAsBytes(row);
    } catch (IOException e) {
      throw new UncheckedIOException("a tree in memory can be written", e);
    }
  }
}
