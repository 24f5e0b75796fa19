package io.gapo.lab.world;

/** Ways to answer a prompt. */
public enum AnswerStyle {
  /** Four or five steps. */
  DETAILED,
  /** Three or four steps and a word of caution. */
  CAUTIOUS,
  /** Two or three steps. */
  BRIEF,
  /** One step or none. */
  TERSE,
  /** Wrong topic, wrong intent, repeated steps, or cut off. */
  CARELESS,
  /** "Sorry, I cannot help with that." */
  REFUSAL,
  /** A refusal that offers something else; a plain refusal where there is nothing to offer. */
  REFUSAL_WITH_ALTERNATIVE
}
