package io.gapo.streams.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.gapo.core.rollout.ChatMessage;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.PromptNotes;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.streams.topic.RawRecord;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The records of topic {@code prompts}: {@code {"id": "...", "prompt": "...", "preference":
 * {"helpful": 0.6, "harmless": 0.4}, "label": "42", "metadata": {...}}}, written by anyone.
 *
 * <p>{@code prompt} must have text; a conversation stands in {@code messages} instead, see {@link
 * MessagesJson}. {@code id} may be missing: the record's coordinates stand in for it. {@code
 * preference} may be missing; only its ratios count, and whether the run has these objectives is
 * for the generator to say. {@code label} (a string, number or boolean) and {@code metadata} (an
 * object) may be missing; they travel to the scorers. Other fields are ignored. Reading is strict
 * about everything else, and never fails in another way than with a reason.
 */
public final class PromptJson {

  private static final int MAX_ID_LENGTH = 256;
  private static final int MAX_NESTING = 64;

  private static final Pattern SOURCE = Pattern.compile(" ?\\([^()]*\\[Source: .*\\]\\)");

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
          .build();

  private final PromptLimits limits;

  public PromptJson(PromptLimits limits) {
    this.limits = limits;
  }

  /** The record's value for a prompt. */
  public static byte[] encode(Prompt prompt) {
    StringWriter json = new StringWriter();
    try (JsonGenerator generator = JSON.createGenerator(json)) {
      generator.writeStartObject();
      generator.writeStringField("id", prompt.id());
      if (prompt.history().isEmpty()) {
        generator.writeStringField("prompt", prompt.text());
      } else {
        MessagesJson.write(prompt, generator);
      }
      if (prompt.preference().isPresent()) {
        generator.writeObjectFieldStart("preference");
        for (Map.Entry<String, Double> share : prompt.preference().get().shares().entrySet()) {
          generator.writeNumberField(share.getKey(), share.getValue());
        }
        generator.writeEndObject();
      }
      if (prompt.notes().label().isPresent()) {
        generator.writeStringField("label", prompt.notes().label().get());
      }
      if (prompt.notes().metadata().isPresent()) {
        generator.writeFieldName("metadata");
        generator.writeRawValue(prompt.notes().metadata().get());
      }
      generator.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string writer does not fail", e);
    }
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The prompt in a record.
   *
   * @throws MalformedRecordException if there is none
   */
  public Prompt decode(RawRecord record) throws MalformedRecordException {
    byte[] value = record.value();
    if (value == null) {
      throw new MalformedRecordException("the record has no value (a tombstone)");
    }
    if (value.length > limits.maxRecordBytes()) {
      throw new MalformedRecordException(
          "too large: the record has %s bytes, the limit is %s"
              .formatted(value.length, limits.maxRecordBytes()));
    }
    Fields fields = parse(text(value));
    List<ChatMessage> messages = messages(fields);
    String prompt = promptText(messages.get(messages.size() - 1).content());
    return new Prompt(
        id(fields).orElseGet(() -> record.at().id()),
        prompt,
        Optional.ofNullable(fields.preference),
        new PromptNotes(label(fields), Optional.ofNullable(fields.metadata)),
        messages.subList(0, messages.size() - 1));
  }

  private static String text(byte[] value) throws MalformedRecordException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedRecordException("invalid UTF-8", e);
    }
  }

  /** What the record says under the names that we know; null is JSON's null or absence. */
  private static final class Fields {
    private @Nullable String id;
    private @Nullable String prompt;
    private @Nullable List<ChatMessage> messages;
    private @Nullable PromptPreference preference;
    private @Nullable String label;
    private @Nullable String metadata;
  }

  private static Fields parse(String json) throws MalformedRecordException {
    try (JsonParser parser = JSON.createParser(json)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new MalformedRecordException("malformed JSON: the record is empty");
      }
      if (first != JsonToken.START_OBJECT) {
        throw new MalformedRecordException("not a JSON object, but %s".formatted(kind(first)));
      }
      Fields fields = new Fields();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        if (name.equals("prompt")) {
          fields.prompt = string(name, token, parser);
        } else if (name.equals("messages")) {
          fields.messages = MessagesJson.read(token, parser);
        } else if (name.equals("id")) {
          fields.id = string(name, token, parser);
        } else if (name.equals("preference")) {
          fields.preference = preference(token, parser);
        } else if (name.equals("label")) {
          fields.label = scalar(name, token, parser);
        } else if (name.equals("metadata")) {
          fields.metadata = object(name, token, parser);
        } else {
          parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        throw new MalformedRecordException("malformed JSON: more text follows the object");
      }
      return fields;
    } catch (StreamConstraintsException e) {
      throw new MalformedRecordException("JSON beyond the limits: " + e.getOriginalMessage(), e);
    } catch (JsonProcessingException e) {
      throw new MalformedRecordException("malformed JSON: " + complaint(e), e);
    } catch (IOException e) {
      throw new UncheckedIOException("a string reader does not fail", e);
    }
  }

  /** What Jackson says, without where it thinks the source is. */
  private static String complaint(JsonProcessingException e) {
    return SOURCE.matcher(e.getOriginalMessage()).replaceAll("");
  }

  static @Nullable String string(String name, JsonToken token, JsonParser parser)
      throws IOException, MalformedRecordException {
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token != JsonToken.VALUE_STRING) {
      throw new MalformedRecordException(
          "'%s' must be a string, but is %s".formatted(name, kind(token)));
    }
    String text = parser.getText();
    requireWellFormed(name, text);
    return text;
  }

  /** A string as it is; a number or a boolean as it is written. */
  private static @Nullable String scalar(String name, JsonToken token, JsonParser parser)
      throws IOException, MalformedRecordException {
    if (token.isNumeric() || token.isBoolean()) {
      return parser.getText();
    }
    return string(name, token, parser);
  }

  /** An object, written again as text. */
  private static @Nullable String object(String name, JsonToken token, JsonParser parser)
      throws IOException, MalformedRecordException {
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token != JsonToken.START_OBJECT) {
      throw new MalformedRecordException(
          "'%s' must be an object, but is %s".formatted(name, kind(token)));
    }
    StringWriter json = new StringWriter();
    try (JsonGenerator generator = JSON.createGenerator(json)) {
      generator.copyCurrentStructureExact(parser);
    }
    String text = json.toString();
    requireWellFormed(name, text);
    return text;
  }

  private static @Nullable PromptPreference preference(JsonToken token, JsonParser parser)
      throws IOException, MalformedRecordException {
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token != JsonToken.START_OBJECT) {
      throw new MalformedRecordException(
          "'preference' must be an object with a number for each objective, but is %s"
              .formatted(kind(token)));
    }
    Map<String, Double> shares = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String objective = parser.currentName();
      requireWellFormed("preference", objective);
      JsonToken share = parser.nextToken();
      if (!share.isNumeric()) {
        throw new MalformedRecordException(
            "'preference' for '%s' must be a number, but is %s".formatted(objective, kind(share)));
      }
      shares.put(objective, parser.getDoubleValue());
    }
    try {
      return PromptPreference.of(shares);
    } catch (IllegalArgumentException e) {
      throw new MalformedRecordException("'preference': " + e.getMessage(), e);
    }
  }

  /** JSON can spell half a character, which no UTF-8 and no tokenizer has. */
  private static void requireWellFormed(String name, String text) throws MalformedRecordException {
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (Character.isHighSurrogate(unit)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(unit)) {
        throw new MalformedRecordException(
            "'%s' is not valid Unicode: half a surrogate pair at character %s".formatted(name, i));
      }
    }
  }

  /** Either field's messages; a prompt alone is one of the user. */
  private static List<ChatMessage> messages(Fields fields) throws MalformedRecordException {
    List<ChatMessage> messages = fields.messages;
    String prompt = fields.prompt;
    if (prompt != null && messages != null) {
      throw new MalformedRecordException(
          "'prompt' and 'messages' are both there: leave one of them out");
    }
    if (messages != null) {
      return messages;
    }
    if (prompt == null) {
      throw new MalformedRecordException("'prompt' is missing");
    }
    return List.of(new ChatMessage(ChatMessage.USER, prompt));
  }

  private String promptText(String prompt) throws MalformedRecordException {
    if (prompt.isBlank()) {
      throw new MalformedRecordException("'prompt' is empty");
    }
    int bytes = prompt.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > limits.maxTextBytes()) {
      throw new MalformedRecordException(
          "too large: the prompt has %s bytes, the limit is %s"
              .formatted(bytes, limits.maxTextBytes()));
    }
    return prompt;
  }

  private Optional<String> label(Fields fields) throws MalformedRecordException {
    String label = fields.label;
    if (label == null) {
      return Optional.empty();
    }
    int bytes = label.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > limits.maxTextBytes()) {
      throw new MalformedRecordException(
          "too large: the label has %s bytes, the limit is %s"
              .formatted(bytes, limits.maxTextBytes()));
    }
    return Optional.of(label);
  }

  private static Optional<String> id(Fields fields) throws MalformedRecordException {
    String id = fields.id;
    if (id == null) {
      return Optional.empty();
    }
    if (id.isBlank()) {
      throw new MalformedRecordException("'id' is empty: leave it out, or give it text");
    }
    if (id.length() > MAX_ID_LENGTH) {
      throw new MalformedRecordException(
          "'id' has %s characters, the limit is %s".formatted(id.length(), MAX_ID_LENGTH));
    }
    if (id.chars().anyMatch(Character::isISOControl)) {
      throw new MalformedRecordException("'id' has control characters");
    }
    return Optional.of(id);
  }

  static String kind(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      case VALUE_NULL -> "null";
      default -> token.toString();
    };
  }
}
