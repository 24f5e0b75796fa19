package io.gapo.ops.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The words of {@code --preference}: each NAME=SHARE, each name once. */
public final class PreferenceShares {

  private static final String OPTION = "--preference";

  private PreferenceShares() {}

  /**
   * Share by objective, in the order given.
   *
   * @throws ParameterException naming the word that is wrong
   */
  public static Map<String, Double> parse(@Nullable CommandSpec spec, List<String> words) {
    Map<String, Double> shares = new LinkedHashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 1) {
        throw refusal(spec, "expected NAME=SHARE, was '%s'".formatted(word));
      }
      String name = word.substring(0, equals);
      if (shares.put(name, share(spec, word, word.substring(equals + 1))) != null) {
        throw refusal(spec, "'%s' has two shares: give it one".formatted(name));
      }
    }
    return shares;
  }

  private static double share(@Nullable CommandSpec spec, String word, String share) {
    try {
      return Double.parseDouble(share);
    } catch (NumberFormatException e) {
      throw refusal(spec, "expected a number behind the =, was '%s'".formatted(word));
    }
  }

  private static ParameterException refusal(@Nullable CommandSpec spec, String what) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), OPTION + ": " + what);
  }
}
