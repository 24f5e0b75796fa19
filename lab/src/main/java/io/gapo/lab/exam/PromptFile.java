package io.gapo.lab.exam;

import io.gapo.core.port.ForUser;
import io.gapo.core.rollout.Prompt;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.PromptJson;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Prompts of a file, one JSON object a line.
 *
 * @param name of the file
 */
public record PromptFile(String name, List<Prompt> prompts) {

  /** The file does not hold prompts. */
  public static final class UnreadablePromptsException extends RuntimeException implements ForUser {

    private static final long serialVersionUID = 1L;

    UnreadablePromptsException(String message) {
      super(message);
    }
  }

  public PromptFile {
    prompts = List.copyOf(prompts);
  }

  /**
   * Reads a whole file; blank lines are passed over.
   *
   * @throws UnreadablePromptsException naming the first line that is no prompt, or if there is none
   * @throws UncheckedIOException if the file cannot be read
   */
  public static PromptFile read(Path file) {
    PromptJson json = new PromptJson(PromptLimits.DEFAULT);
    List<Prompt> prompts = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          prompts.add(prompt(json, file, number, line));
        }
      }
    } catch (CharacterCodingException e) {
      throw new UnreadablePromptsException(
          "%s is not UTF-8 text behind its line %s: prompts are lines of JSON in UTF-8"
              .formatted(file, prompts.size()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read prompts from " + file, e);
    }
    if (prompts.isEmpty()) {
      throw new UnreadablePromptsException("%s holds no prompts".formatted(file));
    }
    return new PromptFile(String.valueOf(file.getFileName()), prompts);
  }

  /** Ids are by place: a file may name a prompt twice, which an examination must not. */
  private static Prompt prompt(PromptJson json, Path file, int number, String line) {
    RecordCoordinates at = new RecordCoordinates(file.toString(), "", 0, number);
    try {
      return json.decode(new RawRecord(at, null, line.getBytes(StandardCharsets.UTF_8)))
          .named("line-" + number);
    } catch (MalformedRecordException e) {
      throw new UnreadablePromptsException(
          "%s, line %s is no prompt: %s".formatted(file, number, e.getMessage()));
    }
  }
}
