package io.gapo.chat.python;

/** Python's {@code None}. */
public enum None {
  NONE
}
