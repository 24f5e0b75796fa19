package io.gapo.runtime.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON header of a safetensors file, believed only after every number in it has been checked
 * against the file's length.
 *
 * <p>Format: https://github.com/huggingface/safetensors#format. As there, tensors may neither
 * overlap nor leave holes.
 */
record SafetensorsHeader(Map<String, TensorEntry> entries, Map<String, String> metadata) {

  private static final String METADATA = "__metadata__";

  /** Bits an element of every type that the format knows. */
  private static final Map<String, Integer> BITS =
      Map.ofEntries(
          Map.entry("BOOL", 8),
          Map.entry("U8", 8),
          Map.entry("I8", 8),
          Map.entry("F8_E5M2", 8),
          Map.entry("F8_E4M3", 8),
          Map.entry("F8_E8M0", 8),
          Map.entry("I16", 16),
          Map.entry("U16", 16),
          Map.entry("F16", 16),
          Map.entry("BF16", 16),
          Map.entry("I32", 32),
          Map.entry("U32", 32),
          Map.entry("F32", 32),
          Map.entry("F64", 64),
          Map.entry("I64", 64),
          Map.entry("U64", 64),
          Map.entry("C64", 64));

  /** Far more than models have, and few enough that a hostile header cannot fill the heap. */
  private static final int MAX_ENTRIES = 500_000;

  private static final int MAX_DIMENSIONS = 32;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * Reads a header token by token: what it does not describe takes no memory.
   *
   * @param file for messages
   * @param dataBytes how many bytes the file holds after the header
   * @throws MalformedCheckpointException if the header is not one of such a file
   */
  static SafetensorsHeader parse(Path file, byte[] json, long dataBytes) {
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedCheckpointException(file, "the header is not a JSON object");
      }
      Map<String, TensorEntry> entries = new LinkedHashMap<>();
      Map<String, String> metadata = new LinkedHashMap<>();
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        requireFew(file, entries);
        parser.nextToken();
        if (name.equals(METADATA)) {
          readMetadata(file, parser, metadata);
        } else {
          entries.put(name, entry(file, name, parser, dataBytes));
        }
      }
      if (parser.nextToken() != null) {
        throw new MalformedCheckpointException(
            file, "the header is not JSON: something follows its end");
      }
      requireGapless(file, entries, dataBytes);
      return new SafetensorsHeader(entries, metadata);
    } catch (JsonProcessingException e) {
      throw new MalformedCheckpointException(
          file, "the header is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new MalformedCheckpointException(
          file, "the header is not JSON in UTF-8: " + e.getMessage(), e);
    }
  }

  private static void requireFew(Path file, Map<String, ?> entries) {
    if (entries.size() >= MAX_ENTRIES) {
      throw new MalformedCheckpointException(
          file, "the header has more than %s entries".formatted(MAX_ENTRIES));
    }
  }

  private static void readMetadata(Path file, JsonParser parser, Map<String, String> metadata)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new MalformedCheckpointException(file, METADATA + " is not a JSON object");
    }
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      requireFew(file, metadata);
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw new MalformedCheckpointException(
            file, "metadata '%s' is not a string".formatted(key));
      }
      metadata.put(key, parser.getText());
    }
  }

  private static TensorEntry entry(Path file, String name, JsonParser parser, long dataBytes)
      throws IOException {
    @Nullable String type = null;
    long @Nullable [] shape = null;
    long @Nullable [] offsets = null;
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw MalformedCheckpointException.inTensor(file, name, "is not a JSON object");
    }
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      switch (key) {
        case "dtype" -> type = token == JsonToken.VALUE_STRING ? parser.getText() : null;
        case "shape" -> shape = naturals(file, name, key, parser);
        case "data_offsets" -> offsets = naturals(file, name, key, parser);
        default -> parser.skipChildren();
      }
    }
    return checked(file, name, type, shape, offsets, dataBytes);
  }

  private static TensorEntry checked(
      Path file,
      String name,
      @Nullable String type,
      long @Nullable [] shape,
      long @Nullable [] offsets,
      long dataBytes) {
    Integer bits = type == null ? null : BITS.get(type);
    if (type == null || bits == null) {
      throw MalformedCheckpointException.inTensor(
          file, name, "unknown or missing data type " + type);
    }
    if (shape == null || offsets == null) {
      throw MalformedCheckpointException.inTensor(
          file, name, (shape == null ? "shape" : "data_offsets") + " is missing");
    }
    if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > dataBytes) {
      throw MalformedCheckpointException.inTensor(
          file,
          name,
          "data_offsets must be [begin, end] with begin <= end <= %s, was %s"
              .formatted(dataBytes, Arrays.toString(offsets)));
    }
    long expected = bytes(file, name, shape, bits);
    if (expected != offsets[1] - offsets[0]) {
      throw MalformedCheckpointException.inTensor(
          file,
          name,
          "shape %s in %s needs %s bytes, data_offsets give %s"
              .formatted(Arrays.toString(shape), type, expected, offsets[1] - offsets[0]));
    }
    return new TensorEntry(name, type, shape, offsets[0], offsets[1]);
  }

  private static long bytes(Path file, String name, long[] shape, int bits) {
    try {
      long elements = 1;
      for (long dimension : shape) {
        elements = Math.multiplyExact(elements, dimension);
      }
      return Math.multiplyExact(elements, (long) bits) / 8;
    } catch (ArithmeticException e) {
      throw MalformedCheckpointException.inTensor(file, name, "the shape is too large to exist");
    }
  }

  private static long[] naturals(Path file, String name, String field, JsonParser parser)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw MalformedCheckpointException.inTensor(file, name, field + " is not a list");
    }
    long[] values = new long[MAX_DIMENSIONS];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (count == values.length) {
        throw MalformedCheckpointException.inTensor(
            file, name, "%s has more than %s numbers".formatted(field, values.length));
      }
      values[count++] = natural(file, name, field, parser);
    }
    return Arrays.copyOf(values, count);
  }

  private static long natural(Path file, String name, String field, JsonParser parser)
      throws IOException {
    boolean whole =
        parser.currentToken() == JsonToken.VALUE_NUMBER_INT
            && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    if (!whole || parser.getLongValue() < 0) {
      String found = parser.getText();
      throw MalformedCheckpointException.inTensor(
          file,
          name,
          "%s holds %s, expected whole numbers >= 0"
              .formatted(field, found.substring(0, Math.min(found.length(), 30))));
    }
    return parser.getLongValue();
  }

  private static void requireGapless(Path file, Map<String, TensorEntry> entries, long dataBytes) {
    List<TensorEntry> inOrder = new ArrayList<>(entries.values());
    inOrder.sort(Comparator.comparingLong(TensorEntry::begin).thenComparing(TensorEntry::end));
    long end = 0;
    for (TensorEntry entry : inOrder) {
      if (entry.begin() != end) {
        throw MalformedCheckpointException.inTensor(
            file,
            entry.name(),
            entry.begin() < end
                ? "overlaps the tensor before it"
                : "leaves a hole after the tensor before it");
      }
      end = entry.end();
    }
    if (end != dataBytes) {
      throw new MalformedCheckpointException(
          file, "the tensors end at byte %s of %s: the file was altered".formatted(end, dataBytes));
    }
  }

  /** The header of a file holding these tensors in this order, padded to whole 8 bytes. */
  static byte[] format(List<PendingTensor> tensors, Map<String, String> metadata) {
    ObjectNode root = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode node = root.putObject(METADATA);
      metadata.forEach(node::put);
    }
    long begin = 0;
    for (PendingTensor tensor : tensors) {
      if (tensor.name().equals(METADATA) || root.has(tensor.name())) {
        throw new IllegalArgumentException("two tensors are named '%s'".formatted(tensor.name()));
      }
      ObjectNode node = root.putObject(tensor.name());
      node.put("dtype", tensor.dataType().name());
      ArrayNode shape = node.putArray("shape");
      for (long dimension : tensor.shape()) {
        shape.add(dimension);
      }
      node.putArray("data_offsets").add(begin).add(begin + tensor.size());
      begin += tensor.size();
    }
    byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }
}
