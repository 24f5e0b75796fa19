package io.gapo.ops.feed;

/**
 * A row of a file of prompts, as JSON text.
 *
 * @param number from 1
 * @param bytes UTF-8 where the file is sound; without a line end
 * @param cut whether the row was longer than allowed, and its rest was dropped
 */
public record Row(long number, byte[] bytes, boolean cut) {}
