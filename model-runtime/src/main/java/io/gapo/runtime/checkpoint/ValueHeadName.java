package io.gapo.runtime.checkpoint;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of an objective's value head in checkpoints: {@code value_heads.<objective>.weight} and
 * {@code .bias}.
 */
public final class ValueHeadName {

  private static final String FIRST = "value_heads.";
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";
  private static final Pattern NAME =
      Pattern.compile(
          Pattern.quote(FIRST)
              + "([^.]+)(?:"
              + Pattern.quote(WEIGHT)
              + "|"
              + Pattern.quote(BIAS)
              + ")");

  private ValueHeadName() {}

  public static String ofWeight(String objective) {
    return FIRST + objective + WEIGHT;
  }

  public static String ofBias(String objective) {
    return FIRST + objective + BIAS;
  }

  /** Whether a tensor of this name belongs to a value head and not to the policy. */
  public static boolean isOne(String tensor) {
    return tensor.startsWith(FIRST);
  }

  /** The objective that a tensor of this name is of; empty if it is not a value head's. */
  public static Optional<String> objective(String tensor) {
    Matcher matcher = NAME.matcher(tensor);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
