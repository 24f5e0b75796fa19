package io.gapo.core.policy;

/**
 * Tensors were lent by another part of this process, which has put newer ones in their place: those
 * are on their way.
 */
public final class TensorsReleasedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param what was lent, for example {@code weights}
   */
  public TensorsReleasedException(String what) {
    super(
        "the %s were lent by another part of this process, and newer ones are made"
            .formatted(what));
  }
}
