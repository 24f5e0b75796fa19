package io.gapo.lab.training;

import io.gapo.ops.feed.SkippedRows;
import java.util.Locale;

/** Why nothing is learned from a row. */
public enum ExampleProblem implements SkippedRows.Reason {
  /** No JSON object. */
  NOT_JSON,
  /** A row longer than any is read. */
  TOO_LONG,
  /** An object that is no example of the kind that is asked for. */
  NO_EXAMPLE,
  /** An example, but the model's chat template has no place for its conversation. */
  UNREADABLE_CONVERSATION,
  /** More tokens than an example may have. */
  TOO_MANY_TOKENS;

  @Override
  public String spelling() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
