package io.gapo.ops.feed;

import io.gapo.core.rollout.Prompt;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.PromptJson;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a line of prompts says, or why it says nothing; judged as the generator will.
 *
 * @param value of the record that it makes
 * @param prompt what the generator will read, under an id of no meaning if the line gives none;
 *     null if the line is no prompt
 * @param id of the prompt, if the line gives one
 * @param problem why the line is no prompt, if it is none
 */
record PromptLine(
    byte[] value, @Nullable Prompt prompt, Optional<String> id, Optional<Problem> problem) {

  private static final PromptJson JSON = new PromptJson(PromptLimits.DEFAULT);

  /** Stands in for the coordinates that a line does not have yet; no prompt's id has a line end. */
  private static final RecordCoordinates NOWHERE = new RecordCoordinates("\n", "", 0, 0);

  /** What is wrong with a line, in a word and in a sentence. */
  record Problem(SkipReason reason, String text) {}

  static PromptLine parse(byte[] line) {
    try {
      Prompt prompt = decode(line);
      Optional<String> id = Optional.of(prompt.id()).filter(given -> !given.equals(NOWHERE.id()));
      return new PromptLine(line, prompt, id, Optional.empty());
    } catch (MalformedRecordException e) {
      return withProblem(line, SkipReason.NO_PROMPT, String.valueOf(e.getMessage()));
    }
  }

  static PromptLine withProblem(byte[] line, SkipReason reason, String text) {
    return new PromptLine(line, null, Optional.empty(), Optional.of(new Problem(reason, text)));
  }

  /**
   * The line for a later pass over its file: the same prompt under an id of its own, {@code
   * id~pass}. Without an id it is as it was, since its record gets an id of its own.
   *
   * @param pass from 1
   */
  PromptLine inPass(int pass) {
    if (pass == 1 || id.isEmpty() || prompt == null) {
      return this;
    }
    return parse(PromptJson.encode(prompt.named(id.get() + "~" + pass)));
  }

  private static Prompt decode(byte[] line) throws MalformedRecordException {
    return JSON.decode(new RawRecord(NOWHERE, null, line));
  }
}
