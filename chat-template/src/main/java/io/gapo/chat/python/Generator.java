package io.gapo.chat.python;

import java.util.List;

/**
 * What filters such as {@code map} and {@code select} give: true whatever is in it, without length,
 * and empty once it has been looped over.
 */
public final class Generator {

  private List<Object> rest;

  public Generator(List<Object> items) {
    rest = items;
  }

  /** All that has not been taken. */
  List<Object> take() {
    List<Object> taken = rest;
    rest = List.of();
    return taken;
  }
}
