package io.gapo.streams.codec;

/**
 * How large a prompt may be before its text is even looked at.
 *
 * @param maxTextBytes of the prompt's text in UTF-8
 * @param maxRecordBytes of the whole JSON record
 */
public record PromptLimits(int maxTextBytes, int maxRecordBytes) {

  /** 64 KiB of text, far more than a context window; escapes may make it longer in JSON. */
  public static final PromptLimits DEFAULT = new PromptLimits(64 << 10, 512 << 10);

  public PromptLimits {
    if (maxTextBytes < 1) {
      throw new IllegalArgumentException("max text bytes must be >= 1, was " + maxTextBytes);
    }
    if (maxRecordBytes < maxTextBytes) {
      throw new IllegalArgumentException(
          "max record bytes must be >= max text bytes (%s), was %s"
              .formatted(maxTextBytes, maxRecordBytes));
    }
  }
}
