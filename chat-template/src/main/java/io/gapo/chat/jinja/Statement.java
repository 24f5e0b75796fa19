package io.gapo.chat.jinja;

/** A text or a block of a template. */
interface Statement {

  /** What follows a statement: the next one, or what its loop says. */
  enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  /** Where in the template, from 1. */
  int line();

  Flow execute(Frame frame);
}
