package io.gapo.chat.jinja;

/**
 * A piece of a template.
 *
 * @param text as written; of a string what it stands for, of a tag's begin or end nothing
 * @param line from 1
 */
record Token(Kind kind, String text, int line) {

  enum Kind {
    /** What stands outside of tags. */
    DATA,
    VARIABLE_BEGIN,
    VARIABLE_END,
    BLOCK_BEGIN,
    BLOCK_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean is(Kind sought, String itsText) {
    return kind == sought && text.equals(itsText);
  }

  /** For error messages. */
  String description() {
    return switch (kind) {
      case END -> "the end of the template";
      case BLOCK_END -> "'%}'";
      case VARIABLE_END -> "'}}'";
      default -> "'" + text + "'";
    };
  }
}
