package io.gapo.ops.feed;

import java.util.Locale;

/** Why a row of a file is not fed. */
public enum SkipReason implements SkippedRows.Reason {
  /** No JSON object. */
  NOT_JSON(true),
  /** Longer than {@link LineFeed#MAX_LINE_BYTES}. */
  TOO_LONG(true),
  /** An object without a prompt that the pipeline takes. */
  NO_PROMPT(true),
  /** The topic refuses its record for its size. */
  REFUSED_BY_TOPIC(true),
  /** An earlier row asks the same. */
  DUPLICATE(false),
  /** Its id is in the topic already. */
  KNOWN_ID(false);

  private final boolean invalid;

  SkipReason(boolean invalid) {
    this.invalid = invalid;
  }

  /** Whether something is wrong with the row; else it is left out on purpose. */
  public boolean isInvalid() {
    return invalid;
  }

  @Override
  public String spelling() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
