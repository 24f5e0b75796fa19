package io.gapo.chat.python;

/** A template cannot be read or rendered; the message says why, without the line. */
public final class TemplateFault extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int line;

  /**
   * What is wrong, and where.
   *
   * @param line of the template, from 1
   */
  public TemplateFault(int line, String message) {
    super(message);
    this.line = line;
  }

  /** Where in the template, from 1. */
  public int line() {
    return line;
  }
}
