package io.gapo.ops.cli;

import io.gapo.ops.feed.RowFormat;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say what the rows of a file of prompts are. */
final class FeedFormatOptions {

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = {
        "Where a row has its prompt (default: ${DEFAULT-VALUE}):",
        "auto: decided by the first rows, and said;",
        "prompt: a text in 'prompt', or the project's own format;",
        "messages: a conversation in 'messages' or 'conversations', with role and content or from",
        "and value; the assistant's messages at its end are the answer, and dropped;",
        "hh-rlhf: a transcript in 'chosen', up to its last '\\n\\nAssistant:';",
        "pku-saferlhf: a text in 'prompt', and its responses are ignored."
      })
  String format = "auto";

  @Option(
      names = "--column",
      paramLabel = "NAME",
      description = "The field or column with the prompt, if not that of the format.")
  private @Nullable String column;

  @Option(
      names = "--label-column",
      paramLabel = "NAME",
      description = {
        "The field or column with the label, which travels to the scorers (default: label). So does",
        "'metadata'."
      })
  private @Nullable String labelColumn;

  @Option(
      names = "--raw",
      description = "Feeds every line as it is, even if it is no prompt: for tests of quarantine.")
  boolean raw;

  Optional<String> column() {
    return Optional.ofNullable(column);
  }

  Optional<String> labelColumn() {
    return Optional.ofNullable(labelColumn);
  }

  /** The columns that are read of a file that has columns. */
  Set<String> columns() {
    return RowFormat.allColumns(column(), labelColumn());
  }

  /** What is wrong with the options, if anything. */
  Optional<String> problem() {
    if (!format.equals("auto") && RowFormat.of(format).isEmpty()) {
      return Optional.of(
          "--format must be auto, prompt, messages, hh-rlhf or pku-saferlhf, was '%s'"
              .formatted(format));
    }
    return Optional.empty();
  }
}
