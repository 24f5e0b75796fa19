package io.gapo.chat.python;

/**
 * What a name stands for that nobody has given a value: empty text, false, an empty list. Anything
 * that needs a value of it is an error.
 *
 * @param reason why there is no value
 */
public record Undefined(String reason) {}
