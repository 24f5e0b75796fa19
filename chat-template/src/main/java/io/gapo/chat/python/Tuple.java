package io.gapo.chat.python;

import java.util.List;

/** A list in round brackets: the same to a template but for how it is written. */
public record Tuple(List<Object> items) {}
