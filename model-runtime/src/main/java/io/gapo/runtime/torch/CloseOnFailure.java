package io.gapo.runtime.torch;

import java.util.function.Supplier;

/** Closes a resource if that which would own it cannot be created. */
public final class CloseOnFailure {

  private CloseOnFailure() {}

  /**
   * Creates the owner of a resource.
   *
   * @param owner creates it; whatever it throws is thrown, after {@code close}
   * @param close closes the resource; not called if {@code owner} succeeds
   */
  public static <T> T create(Supplier<T> owner, Runnable close) {
    boolean created = false;
    try {
      T result = owner.get();
      created = true;
      return result;
    } finally {
      if (!created) {
        close.run();
      }
    }
  }
}
