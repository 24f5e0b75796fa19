package io.gapo.ops.feed;

import io.gapo.core.rollout.Prompt;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.PromptJson;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;
import java.util.Optional;

/**
 * What a line of prompts says, or why it says nothing; judged as the generator will.
 *
 * @param value of the record that it makes
 * @param id of the prompt, if the line gives one
 * @param problem why the line is no prompt, if it is none
 */
record PromptLine(byte[] value, Optional<String> id, Optional<String> problem) {

  private static final PromptJson JSON = new PromptJson(PromptLimits.DEFAULT);

  /** Stands in for the coordinates that a line does not have yet; no prompt's id has a line end. */
  private static final RecordCoordinates NOWHERE = new RecordCoordinates("\n", "", 0, 0);

  static PromptLine parse(byte[] line) {
    try {
      Optional<String> id =
          Optional.of(prompt(line).id()).filter(given -> !given.equals(NOWHERE.id()));
      return new PromptLine(line, id, Optional.empty());
    } catch (MalformedRecordException e) {
      return new PromptLine(line, Optional.empty(), Optional.of(String.valueOf(e.getMessage())));
    }
  }

  static PromptLine withProblem(String problem) {
    return new PromptLine(new byte[0], Optional.empty(), Optional.of(problem));
  }

  /**
   * The line for a later pass over its file: the same prompt under an id of its own, {@code
   * id~pass}. Without an id it is as it was, since its record gets an id of its own.
   *
   * @param pass from 1
   */
  PromptLine inPass(int pass) {
    if (pass == 1 || id.isEmpty()) {
      return this;
    }
    try {
      Prompt prompt = prompt(value);
      return parse(PromptJson.encode(prompt.named(id.get() + "~" + pass)));
    } catch (MalformedRecordException e) {
      throw new IllegalStateException("a line with an id is a prompt", e);
    }
  }

  private static Prompt prompt(byte[] line) throws MalformedRecordException {
    return JSON.decode(new RawRecord(NOWHERE, null, line));
  }
}
