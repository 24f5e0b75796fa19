package io.gapo.chat.jinja;

/** What has a value; {@link Frame#value} evaluates it within the rendering's bounds. */
interface Expression {

  /** Where in the template, from 1. */
  int line();

  Object evaluate(Frame frame);
}
