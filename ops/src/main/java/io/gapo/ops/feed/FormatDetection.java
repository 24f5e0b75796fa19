package io.gapo.ops.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What format the first rows of a file have.
 *
 * @param because what in them says so
 */
public record FormatDetection(RowFormat format, String because) {

  private static final Set<String> OF_PKU =
      Set.of("response_0", "is_response_0_safe", "better_response_id", "safer_response_id");

  private static final String TRANSCRIPT = "\n\nHuman:";

  /**
   * Decides by most of the rows that say something; without any, for {@link RowFormat#PROMPT}.
   *
   * @param columns of the file, as {@link RowSource#columns()} tells
   * @param column with the prompt, if it was named
   */
  public static FormatDetection of(List<Row> first, Set<String> columns, Optional<String> column) {
    Map<RowFormat, Integer> votes = new EnumMap<>(RowFormat.class);
    Map<RowFormat, String> reasons = new EnumMap<>(RowFormat.class);
    for (Row row : first) {
      RowJson.read(row.bytes())
          .flatMap(object -> of(object, columns, column))
          .ifPresent(
              vote -> {
                votes.merge(vote.format, 1, Integer::sum);
                reasons.putIfAbsent(vote.format, vote.because);
              });
    }
    FormatDetection best =
        new FormatDetection(RowFormat.PROMPT, "its first rows have no field that tells another");
    int most = 0;
    for (Map.Entry<RowFormat, Integer> vote : votes.entrySet()) {
      if (vote.getValue() > most) {
        most = vote.getValue();
        best = new FormatDetection(vote.getKey(), reasons.getOrDefault(vote.getKey(), ""));
      }
    }
    return best;
  }

  /** A sentence on a file that was read so. */
  public String of(String file) {
    return "%s is read as format %s: %s".formatted(file, format.spelling(), because);
  }

  private static Optional<FormatDetection> of(
      ObjectNode row, Set<String> columns, Optional<String> column) {
    if (column.isPresent()) {
      return ofColumn(row.path(column.get()), column.get());
    }
    for (String name : RowFormat.MESSAGES.columns()) {
      if (row.path(name).isArray()) {
        return vote(RowFormat.MESSAGES, "its first rows have messages in '%s'".formatted(name));
      }
    }
    if (row.hasNonNull("prompt")) {
      return OF_PKU.stream().anyMatch(name -> row.has(name) || columns.contains(name))
          ? vote(RowFormat.PKU_SAFERLHF, "its first rows have 'prompt' beside two responses")
          : vote(RowFormat.PROMPT, "its first rows have 'prompt'");
    }
    return row.path("chosen").isTextual()
        ? ofColumn(row.get("chosen"), "chosen")
        : Optional.empty();
  }

  private static Optional<FormatDetection> ofColumn(JsonNode value, String name) {
    if (value.isArray()) {
      return vote(RowFormat.MESSAGES, "its first rows have messages in '%s'".formatted(name));
    }
    if (value.isTextual() && value.textValue().contains(TRANSCRIPT)) {
      return vote(RowFormat.HH_RLHF, "its first rows have transcripts in '%s'".formatted(name));
    }
    return value.isTextual() && !name.equals("chosen")
        ? vote(RowFormat.PROMPT, "its first rows have texts in '%s'".formatted(name))
        : Optional.empty();
  }

  private static Optional<FormatDetection> vote(RowFormat format, String because) {
    return Optional.of(new FormatDetection(format, because));
  }
}
