package io.gapo.ops.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.ops.feed.PromptLine.Problem;
import io.gapo.streams.codec.MalformedRecordException;
import java.util.List;
import java.util.Optional;

/**
 * Reads the rows of a data set as lines of the prompts topic: the prompt by the format, {@code id},
 * {@code preference}, {@code label} and {@code metadata} as they are, and nothing else. In format
 * {@code prompt}, a row that is such a line already stays as it is.
 */
public final class RowReader {

  private final RowFormat format;
  private final List<String> columns;
  private final Optional<String> labelColumn;
  private final boolean keepsLines;

  /**
   * @param column with the prompt, if not that of the format
   * @param labelColumn with the label; {@code label} if not given
   */
  public RowReader(RowFormat format, Optional<String> column, Optional<String> labelColumn) {
    this.format = format;
    this.columns = column.map(List::of).orElse(format.columns());
    this.labelColumn = labelColumn;
    this.keepsLines = format == RowFormat.PROMPT && column.isEmpty() && labelColumn.isEmpty();
  }

  /** The format that rows are read in. */
  public RowFormat format() {
    return format;
  }

  /** The line that a row makes, or what is wrong with it. */
  PromptLine read(Row row) {
    if (row.cut()) {
      return tooLong(row);
    }
    PromptLine asItIs = PromptLine.parse(row.bytes());
    if (keepsLines && asItIs.problem().isEmpty()) {
      return asItIs;
    }
    Optional<ObjectNode> object = RowJson.read(row.bytes());
    if (object.isEmpty()) {
      return PromptLine.withProblem(
          row.bytes(),
          SkipReason.NOT_JSON,
          asItIs.problem().map(Problem::text).orElse("not a JSON object"));
    }
    if (keepsLines && !object.get().path("prompt").isArray()) {
      return asItIs;
    }
    try {
      return PromptLine.parse(RowJson.write(line(object.get())));
    } catch (MalformedRecordException e) {
      return PromptLine.withProblem(
          row.bytes(), SkipReason.NO_PROMPT, String.valueOf(e.getMessage()));
    }
  }

  static PromptLine tooLong(Row row) {
    return PromptLine.withProblem(
        row.bytes(),
        SkipReason.TOO_LONG,
        "longer than %s MiB".formatted(LineFeed.MAX_LINE_BYTES >> 20));
  }

  private ObjectNode line(ObjectNode row) throws MalformedRecordException {
    ObjectNode line = RowJson.object();
    JsonNode id = row.path("id");
    if (id.isNumber()) {
      line.put("id", id.asText());
    } else if (id.isTextual()) {
      line.set("id", id);
    }
    setPrompt(row, line);
    if (row.path("preference").isObject()) {
      line.set("preference", row.get("preference"));
    }
    JsonNode label = label(row);
    if (!label.isMissingNode() && !label.isNull()) {
      line.set("label", label);
    }
    JsonNode metadata = row.path("metadata");
    if (!metadata.isMissingNode() && !metadata.isNull()) {
      line.set("metadata", asObject(metadata));
    }
    return line;
  }

  private void setPrompt(ObjectNode row, ObjectNode line) throws MalformedRecordException {
    String name = columns.stream().filter(row::hasNonNull).findFirst().orElse(columns.get(0));
    JsonNode column = row.path(name);
    if (column.isMissingNode() || column.isNull()) {
      throw new MalformedRecordException(
          "'%s' is missing".formatted(String.join("' or '", columns)));
    }
    switch (format) {
      case MESSAGES -> setMessages(Conversation.ofMessages(name, column), line);
      case HH_RLHF -> setMessages(Conversation.ofTranscript(name, column), line);
      case PROMPT, PKU_SAFERLHF -> {
        if (column.isArray()) {
          setMessages(Conversation.ofMessages(name, column), line);
        } else {
          line.put("prompt", Conversation.text(name, column));
        }
      }
    }
  }

  /** A question without a history needs no list. */
  private static void setMessages(ArrayNode messages, ObjectNode line) {
    JsonNode first = messages.get(0);
    if (messages.size() == 1 && first.get("role").textValue().equals("user")) {
      line.set("prompt", first.get("content"));
    } else {
      line.set("messages", messages);
    }
  }

  private JsonNode label(ObjectNode row) throws MalformedRecordException {
    String name = labelColumn.orElse("label");
    JsonNode label = row.path(name);
    if (labelColumn.isPresent()) {
      if (label.isMissingNode()) {
        throw new MalformedRecordException("the label's column '%s' is missing".formatted(name));
      }
      if (label.isContainerNode()) {
        throw new MalformedRecordException(
            "the label's column '%s' must be a string, number or boolean, but is %s"
                .formatted(name, Conversation.kind(label)));
      }
    }
    return label;
  }

  /** Data sets keep metadata as an object, as its text, or as something else, which is wrapped. */
  private static JsonNode asObject(JsonNode metadata) {
    if (metadata.isObject()) {
      return metadata;
    }
    Optional<ObjectNode> inText =
        metadata.isTextual() ? RowJson.read(metadata.textValue()) : Optional.empty();
    return inText.isPresent() ? inText.get() : RowJson.object().set("metadata", metadata);
  }
}
