package io.gapo.lab.exam;

import io.gapo.core.port.ForUser;
import io.gapo.core.rollout.Prompt;
import io.gapo.ops.feed.FilePrompts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Prompts of a file that policies are examined on.
 *
 * @param name of the file
 */
public record ExamPrompts(String name, List<Prompt> prompts) {

  /** A row is no prompt: an examination passes over none. */
  public static final class UnreadablePromptsException extends RuntimeException implements ForUser {

    private static final long serialVersionUID = 1L;

    UnreadablePromptsException(String message) {
      super(message);
    }
  }

  public ExamPrompts {
    prompts = List.copyOf(prompts);
  }

  /**
   * Reads a whole file.
   *
   * @param file stays the caller's
   * @throws UnreadablePromptsException naming the first row that is no prompt
   * @throws IOException if the file cannot be read, or has no rows
   */
  public static ExamPrompts read(FilePrompts file) throws IOException {
    List<Prompt> prompts = new ArrayList<>();
    Optional<FilePrompts.Entry> row = file.next();
    while (row.isPresent()) {
      prompts.add(prompt(file, row.get()));
      row = file.next();
    }
    return new ExamPrompts(String.valueOf(file.file().getFileName()), prompts);
  }

  /** Ids are by place: a file may name a prompt twice, which an examination must not. */
  private static Prompt prompt(FilePrompts file, FilePrompts.Entry row) {
    return row.prompt()
        .orElseThrow(
            () ->
                new UnreadablePromptsException(
                    "%s, row %s is no prompt: %s"
                        .formatted(file.file(), row.number(), row.problem())))
        .named("row-" + row.number());
  }
}
