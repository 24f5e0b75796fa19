package io.gapo.core.port;

/** An objective's loss or gradient is NaN or infinite: the step must be refused. */
public final class NonFiniteObjectiveException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NonFiniteObjectiveException(String objective, String what) {
    super("objective '%s': %s is not finite".formatted(objective, what));
  }
}
