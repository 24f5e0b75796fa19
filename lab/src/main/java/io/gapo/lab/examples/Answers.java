package io.gapo.lab.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.lab.training.AnsweredPrompt;
import io.gapo.ops.feed.Answered;
import io.gapo.streams.codec.MalformedRecordException;

/** What readers of examples share. */
final class Answers {

  private Answers() {}

  static AnsweredPrompt of(Answered answered) {
    return new AnsweredPrompt(
        answered.prompt().history(), answered.prompt().text(), answered.answer());
  }

  /**
   * A column's value.
   *
   * @throws MalformedRecordException if there is none
   */
  static JsonNode column(ObjectNode row, String name) throws MalformedRecordException {
    if (!row.hasNonNull(name)) {
      throw new MalformedRecordException("'%s' is missing".formatted(name));
    }
    return row.get(name);
  }
}
