package io.gapo.ops.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Refuses numbers that an option cannot have, by its name. */
public final class OptionBounds {

  private OptionBounds() {}

  /**
   * Checks an option's value.
   *
   * @throws ParameterException if it is less
   */
  public static void requireAtLeast(
      @Nullable CommandSpec spec, String option, int value, int least) {
    if (value < least) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "%s must be at least %s, was %s".formatted(option, least, value));
    }
  }
}
