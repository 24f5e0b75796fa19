package io.gapo.core.port;

/** A policy gradient is NaN or infinite: it must not reach the weights. */
public final class NonFiniteGradientException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NonFiniteGradientException(String tensor) {
    super("the gradient of %s is not finite".formatted(tensor));
  }
}
