package io.gapo.objectives.rule;

import io.gapo.core.rollout.Rollout;
import io.gapo.core.settings.Bounds;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * 1 if the last number in the response is the last number in the prompt's label, else 0. Range: 0
 * to 1. Commas may group thousands; so {@code "... #### 1,234"}, as GSM8K labels its answers, is
 * 1234.
 *
 * @param tolerance how far the two may differ, as a share of the label's number
 */
public record NumericMatch(double tolerance) implements Rule {

  /** Bounded, so that no text makes it slow and each match is a double. */
  private static final Pattern NUMBER =
      Pattern.compile(
          "(?:(?<![\\d.])[-+])?+(?:\\d{1,3}+(?:,\\d{3}+)++|\\d{1,300}+)(?:\\.\\d{1,300}+)?+(?:[eE][-+]?+\\d{1,3}+)?+");

  public NumericMatch {
    Bounds.notNegative("tolerance", tolerance);
  }

  @Override
  public double score(Rollout rollout) {
    String label = Labels.of(rollout);
    OptionalDouble expected = last(label);
    if (expected.isEmpty()) {
      throw new UnscorableException(
          "its prompt's label has no number: '%s'".formatted(shortened(label)));
    }
    OptionalDouble given = last(rollout.response());
    double wanted = expected.getAsDouble();
    return given.isPresent()
            && Math.abs(given.getAsDouble() - wanted) <= tolerance * Math.abs(wanted)
        ? 1
        : 0;
  }

  private static OptionalDouble last(String text) {
    OptionalDouble last = OptionalDouble.empty();
    for (Matcher numbers = NUMBER.matcher(text); numbers.find(); ) {
      last = OptionalDouble.of(Double.parseDouble(numbers.group().replace(",", "")));
    }
    return last;
  }

  private static String shortened(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }
}
