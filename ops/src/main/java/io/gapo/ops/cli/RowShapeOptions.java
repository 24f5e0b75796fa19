package io.gapo.ops.cli;

import io.gapo.ops.feed.RowFormat;
import io.gapo.ops.feed.RowShape;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options that say where the rows of a file have their prompts. */
public final class RowShapeOptions {

  private static final String AUTO = "auto";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = {
        "Where a row has its prompt (default: ${DEFAULT-VALUE}):",
        "auto: decided by the first rows;",
        "prompt: a text in 'prompt', or the project's own format;",
        "messages: a conversation in 'messages' or 'conversations', with role and content or from",
        "and value; the assistant's messages at its end are the answer, and dropped;",
        "hh-rlhf: a transcript in 'chosen', up to its last '\\n\\nAssistant:';",
        "pku-saferlhf: a text in 'prompt', and its responses are ignored."
      })
  private String format = AUTO;

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

  /**
   * What the options say.
   *
   * @param spec of the command that has them
   * @throws ParameterException if there is no such format
   */
  public RowShape shape(CommandSpec spec) {
    Optional<RowFormat> named = RowFormat.of(format);
    if (named.isEmpty() && !format.equals(AUTO)) {
      throw new ParameterException(
          spec.commandLine(),
          "--format must be auto, prompt, messages, hh-rlhf or pku-saferlhf, was '%s'"
              .formatted(format));
    }
    return new RowShape(named, Optional.ofNullable(column), Optional.ofNullable(labelColumn));
  }
}
